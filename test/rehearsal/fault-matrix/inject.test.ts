import { expect } from "chai";
import type { DeployEvent } from "../../../automation/ports/events";
import { runEndOf } from "../../../rehearsal/fault-matrix/inject";

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
