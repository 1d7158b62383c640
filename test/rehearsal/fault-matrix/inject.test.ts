import { expect } from "chai";
import type { DeployEvent } from "../../../automation/ports/events";
import { UserError } from "../../../components/core/user-error";
import { runEndOf, secondOf } from "../../../rehearsal/fault-matrix/inject";

describe("runEndOf", () => {
  const started = (step: "warm" | "cutover" | "confirm"): DeployEvent => ({
    type: "stepStarted",
    atMs: 0,
    step,
    title: "",
  });
  const rollback: DeployEvent = { type: "rollbackStarted", atMs: 0, reason: "" };
  const ended = (outcome: "done" | "takenBack" | "left"): DeployEvent => ({
    type: "deployEnded",
    atMs: 0,
    ok: outcome === "done",
    totalSeconds: 1,
    failedStep: null,
    reason: "",
    outcome,
    active: {},
  });
  const cases: [string, DeployEvent[], ReturnType<typeof runEndOf>][] = [
    ["done", [started("warm"), started("cutover"), ended("done")], "done"],
    ["taken back before the cutover", [started("warm"), rollback, ended("takenBack")], "takenBack"],
    [
      "rolled back after a cutover that failed",
      [started("cutover"), rollback, started("cutover"), ended("takenBack")],
      "rolledBack",
    ],
    ["left by a rollback that failed, too", [started("cutover"), rollback, ended("left")], "left"],
    ["without an end", [started("cutover")], null],
  ];
  for (const [what, events, end] of cases) it(what, () => expect(runEndOf(events)).to.equal(end));
});

describe("the second fault of a pair", () => {
  const cases: [string, Promise<{ id: string }> | undefined, Awaited<ReturnType<typeof secondOf>>][] = [
    ["is injected", Promise.resolve({ id: "f2" }), { secondId: "f2" }],
    ["does not meet its step any more", undefined, { secondId: null }],
    [
      "is refused by the cloud",
      Promise.reject(new UserError("no such service: nobody")),
      { secondId: null, refused: "no such service: nobody" },
    ],
    [
      "comes while the first one has the cloud restart",
      Promise.reject(new UserError("no rehearsal cloud answers", { exitCode: 1 })),
      { secondId: null },
    ],
    ["is broken off by that restart", Promise.reject(new TypeError("terminated")), { secondId: null }],
  ];
  for (const [, adding] of cases) adding?.catch(() => {});
  for (const [what, adding, second] of cases)
    it(what, async () => expect(await secondOf(adding)).to.deep.equal(second));
});
