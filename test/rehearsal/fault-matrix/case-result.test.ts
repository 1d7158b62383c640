import { expect } from "chai";
import { type InjectedRun, impactBySpan, resultOf } from "../../../rehearsal/fault-matrix/case-result";
import type { FaultCase } from "../../../rehearsal/fault-matrix/cases";
import type { RequestSample } from "../../../rehearsal/traffic/types";
import { FAULT_CASE, INJECTED_RUN, NO_IMPACT } from "./sample-case";

describe("resultOf", () => {
  const cases: [string, Partial<FaultCase>, Partial<InjectedRun>, Partial<typeof NO_IMPACT>, number, string[]][] = [
    ["what is as expected", {}, {}, {}, 1, []],
    ["a step that did not begin", {}, { faultId: null }, {}, 0, ["cutover did not begin"]],
    ["a fault that took no effect", {}, {}, {}, 0, ["the fault took no effect"]],
    ["a pair of which one took effect", { and: FAULT_CASE }, {}, {}, 1, []],
    ["a pair of which none took effect", { and: FAULT_CASE }, {}, {}, 0, ["neither of the two faults took effect"]],
    [
      "a second fault that the cloud refused",
      { and: FAULT_CASE },
      { refused: "no such service: nobody" },
      {},
      1,
      ["the second fault, restart at cutover, was not injected: no such service: nobody"],
    ],
    ["another end", {}, { end: "left" }, {}, 1, ["ended as left, expected done"]],
    ["a run that broke off", {}, { end: null }, {}, 1, ["ended as broken off, expected done"]],
    ["another end state", {}, { problems: ["blue has 2 tasks, wanted 0"] }, {}, 1, ["blue has 2 tasks, wanted 0"]],
    ["lost requests", {}, {}, { lost: 2 }, 1, ["of production's requests 0 failed, 2 were lost, 0 were doubled"]],
    ["requests that the fault itself failed", { failsRequests: true }, {}, { failed: 9, lost: 1 }, 1, []],
    [
      "requests that were processed twice",
      { failsRequests: true },
      {},
      { failed: 9, doubled: 2 },
      1,
      ["of production's requests 2 were doubled"],
    ],
  ];
  for (const [what, caseChanges, runChanges, impactChanges, injections, wrong] of cases) {
    it(what, () => {
      const result = resultOf(
        { ...FAULT_CASE, ...caseChanges },
        { ...INJECTED_RUN, ...runChanges },
        { ...NO_IMPACT, ...impactChanges },
        injections,
      );
      expect(result.wrong).to.deep.equal(wrong);
    });
  }
});

describe("impactBySpan", () => {
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

  it("counts each request in the span in which its answer came, and in none before the first", () => {
    const requests = [post(80, "a"), post(95, "b", "503"), post(120, "c"), post(195, "d", "timeout")];
    const usersCreated = ["a", "c", "c", "d"].map((id) => ({ id, atMs: null, colour: null, release: "" }));
    expect(impactBySpan({ requests, dns: [] }, { usersCreated }, [100, 200])).to.deep.equal([
      { sent: 2, failed: 1, lost: 1, doubled: 1, errors: { "503": 1 } },
      { sent: 1, failed: 1, lost: 0, doubled: 0, errors: { timeout: 1 } },
    ]);
  });
});
