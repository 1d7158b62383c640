import { expect } from "chai";
import { machineOf } from "../../../rehearsal/report/causes";
import { tooBusy } from "../../../rehearsal/traffic/rate-check";
import { repeatedWhenTooBusy } from "../repeated-when-too-busy";

describe("repeatedWhenTooBusy", () => {
  const furthestBehind = { sent: 900, ok: 880, failed: 9, p99Ms: 5_200, lateMs: 640, oldestMs: 9_800 };
  const ofMachine = machineOf({ furthestBehind, lateStarts: [] }, [], 40);
  const good = { exitCode: 0, text: "✔ 0 of 900 requests failed" };
  const bad = { exitCode: 3, text: "✘ 9 of 900 requests failed" };
  // The terminal breaks lines where they are full.
  const busy = {
    exitCode: 3,
    text: `✘ 9 of 900 requests failed; ${ofMachine.replace("machine was", "machine\n  was")}`,
  };
  const refused = { exitCode: 1, text: tooBusy(40, furthestBehind, 30).message };
  const busyAndGood = { exitCode: 0, text: `✔ 0 of 900 requests failed. ${ofMachine}` };

  const cases: [what: string, runs: { exitCode: number; text: string }[], rates: number[]][] = [
    ["what succeeds runs once", [good], [40]],
    ["what succeeds on a busy machine, too", [busyAndGood], [40]],
    ["what fails on a machine that kept up, too", [bad, good], [40]],
    ["what fails on a busy machine runs again at half the rate", [busy, good], [40, 20]],
    ["what a busy machine did not begin, too", [refused, busy, good], [40, 20, 10]],
    ["what then fails on a machine that keeps up is the result", [busy, bad, good], [40, 20]],
    ["a third failure is the result, whatever the machine", [busy, busy, busy, good], [40, 20, 10]],
  ];
  for (const [what, runs, wanted] of cases) {
    it(what, async () => {
      const rates: number[] = [];
      const result = await repeatedWhenTooBusy(40, async (rate) => runs[rates.push(rate) - 1]!);
      expect(rates).to.deep.equal(wanted);
      expect(result).to.equal(runs[wanted.length - 1]);
    });
  }
});
