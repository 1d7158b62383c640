import { runText } from "../../deploy/unfinished-run";
import type { LeaseRecord } from "../../ports/store";
import { isUnfinished, lastRun, type NamedRun, runningStep } from "../../store/recorded-run";
import { type Check, type Examined, type Finding, ok, todo } from "../check";
import { typedWaysOn } from "../last-run";

/** Checks that the last run is finished. */
export const run: Check = {
  name: "last run",
  async examine(examined) {
    const open = await examined.store();
    const [lease, last] = await Promise.all([open.lease(), lastRun(open)]);
    return [await runFinding(last, lease, examined)];
  },
};

async function runFinding(last: NamedRun | null, lease: LeaseRecord | null, examined: Examined): Promise<Finding> {
  if (last === null) return ok("there was no run yet");
  const { opened, outcome } = last.run;
  const running = runningStep(last.run, lease);
  const what = runText(last);
  if (lease && outcome === null) return ok(`${what} is running${running ? `: ${running.step}` : ""}`);
  if (!isUnfinished(last.run)) return ok(`${what} ${outcome === "done" ? "is done" : "was taken back"}`);
  return todo(`${what} by ${opened.who} is not finished`, await typedWaysOn(last, examined));
}
