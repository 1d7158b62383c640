import { expect } from "chai";
import type { DeployEvent } from "../../../automation/ports/events";
import type { Pair } from "../../../rehearsal/fault-matrix/cases";
import { harmBySpan } from "../../../rehearsal/fault-matrix/harm";
import type { Struck } from "../../../rehearsal/fault-matrix/inject";
import { judged } from "../../../rehearsal/fault-matrix/matrix";
import { runEndOf } from "../../../rehearsal/fault-matrix/run-end";
import { endCounts, markdownTable } from "../../../rehearsal/fault-matrix/table";
import type { RequestSample } from "../../../rehearsal/traffic/types";

const pair: Pair = {
  kind: "restart",
  variant: "",
  step: "cutover",
  request: () => ({ kind: "restart" }),
  ends: ["done"],
  harms: false,
};
const struck: Struck = { faultId: "f1", end: "done", reason: "", next: "", faults: [], seconds: 20 };
const none = { sent: 600, failed: 0, lost: 0, doubled: 0, errors: {} };

describe("judged", () => {
  const cases: [string, Partial<Pair>, Partial<Struck>, Partial<typeof none>, number, string[]][] = [
    ["what is as expected", {}, {}, {}, 1, []],
    ["a step that did not begin", {}, { faultId: null }, {}, 0, ["cutover did not begin"]],
    ["a fault that struck nothing", {}, {}, {}, 0, ["it struck nothing"]],
    ["another end", {}, { end: "left" }, {}, 1, ["ended as left, expected done"]],
    ["a run that broke off", {}, { end: null }, {}, 1, ["ended as broken off, expected done"]],
    ["another end state", {}, { faults: ["blue has 2 tasks, wanted 0"] }, {}, 1, ["blue has 2 tasks, wanted 0"]],
    ["lost requests", {}, {}, { lost: 2 }, 1, ["of production's requests 0 failed, 2 were lost, 0 were doubled"]],
    ["requests that the fault itself took", { harms: true }, {}, { failed: 9, lost: 1 }, 1, []],
  ];
  for (const [what, pairChanges, struckChanges, harmChanges, strikes, wrong] of cases) {
    it(what, () => {
      const result = judged(
        { ...pair, ...pairChanges },
        { ...struck, ...struckChanges },
        { ...none, ...harmChanges },
        strikes,
      );
      expect(result.wrong).to.deep.equal(wrong);
    });
  }
});

describe("runEndOf", () => {
  const started = (step: "warm" | "cutover" | "confirm"): DeployEvent => ({
    type: "stepStarted",
    atMs: 0,
    step,
    title: "",
  });
  const turned: DeployEvent = { type: "rollbackStarted", atMs: 0, reason: "" };
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
    ["back before the cutover", [started("warm"), turned, ended("takenBack")], "takenBack"],
    [
      "back after a cutover that failed",
      [started("cutover"), turned, started("cutover"), ended("takenBack")],
      "turnedBack",
    ],
    ["a way back that failed, too", [started("cutover"), turned, ended("left")], "left"],
    ["without an end", [started("cutover")], null],
  ];
  for (const [what, events, end] of cases) it(what, () => expect(runEndOf(events)).to.equal(end));
});

describe("harmBySpan", () => {
  const post = (atMs: number, postId: string, error = ""): RequestSample => ({
    kind: "request",
    atMs,
    stream: "honest",
    method: "POST",
    status: error === "" ? 201 : 503,
    release: "v1",
    latencyMs: 10,
    error,
    postId,
  });

  it("counts each request in the span in which its answer came, those before the first in none", () => {
    const requests = [post(80, "a"), post(95, "b", "503"), post(120, "c"), post(195, "d", "timeout")];
    const usersCreated = ["a", "c", "c", "d"].map((id) => ({ id, atMs: null, colour: null, release: "" }));
    expect(harmBySpan({ requests, dns: [] }, { usersCreated }, [100, 200])).to.deep.equal([
      { sent: 2, failed: 1, lost: 1, doubled: 1, errors: { "503": 1 } },
      { sent: 1, failed: 1, lost: 0, doubled: 0, errors: { timeout: 1 } },
    ]);
  });
});

describe("markdownTable", () => {
  it("has a row for each fault, a column for each step, and what went wrong in bold", () => {
    const results = [
      judged(pair, struck, none, 1),
      judged(
        { ...pair, step: "bake", harms: true, ends: ["turnedBack"] },
        { ...struck, end: "turnedBack" },
        { ...none, failed: 7 },
        1,
      ),
      judged({ ...pair, variant: "in mid-call" }, { ...struck, end: "left", next: "resume done" }, none, 1),
    ];
    expect(markdownTable(results).split("\n")).to.deep.equal([
      "| fault | warm | verify | test | ramp | cutover | confirm | bake | drain | retire |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
      "| `restart` |  |  |  |  | done |  | turned back, 7 failed |  |  |",
      "| `restart`, in mid-call |  |  |  |  | **left, then resume done** |  |  |  |  |",
    ]);
    expect(endCounts(results)).to.equal("1 done, 1 turned back, 1 left");
  });
});
