import { expect } from "chai";
import fc from "fast-check";
import {
  isUncertain,
  type ProbeResult,
  probeProblems,
  probeSummary,
  withoutProbes,
} from "../../../../automation/observe/probes/probe-results";
import type { TrafficPeriod } from "../../../../automation/ports/observer";
import type { ProbeAnswer } from "../../../../automation/ports/probe-client";

const START_MS = 1_699_999_980_000;
const PERIOD_SECONDS = 60;

/** Answers as people write them: a status, `late` or `away`. */
type Sketch = number | "late" | "away";

function answer(sketch: Sketch, seconds = 0.02): ProbeAnswer {
  if (sketch === "late") return { kind: "late" };
  if (sketch === "away") return { kind: "unreached", reason: "connect ECONNREFUSED" };
  return { kind: "answered", status: sketch, seconds };
}

const results = (sketches: readonly Sketch[], path = "/users"): ProbeResult[] =>
  sketches.map((sketch, index) => ({ path, sentMs: START_MS + index * 2_000, answer: answer(sketch) }));

const sketches = fc.array(fc.constantFrom<Sketch>(200, 304, 404, 500, 503, "late", "away"), { maxLength: 12 });
const isFailure = (sketch: Sketch | undefined) => sketch === "late" || (typeof sketch === "number" && sketch >= 500);

describe("probeProblems", () => {
  for (const [answers, expected] of [
    [[], []],
    [[200, 200], []],
    [[500], []],
    [[500, 200, 500], []],
    [[200, 500, 500], ["GET /users answered 500 twice"]],
    [[500, 503], ["GET /users answered 500, then answered 503"]],
    [["late", "late"], ["GET /users gave no answer within 5 s twice"]],
    [[502, "late"], ["GET /users answered 502, then gave no answer within 5 s"]],
    [[404, 404, 301, 401], []],
    [["away", "away", "away"], []],
    [[500, "away", 500], []],
    [[500, 500, 200], ["GET /users answered 500 twice"]],
  ] as [Sketch[], string[]][]) {
    it(`of ${answers.join(", ") || "nothing"} are: ${expected.join() || "none"}`, () =>
      expect(probeProblems(results(answers))).to.deep.equal(expected));
  }

  it("are those of each path by itself", () => {
    const both = [500, 200].flatMap((_, round) => [
      ...results([500]).map((one) => ({ ...one, path: "/a", round })),
      ...results([round === 0 ? 500 : 200]).map((one) => ({ ...one, path: "/b", round })),
    ]);
    expect(probeProblems(both)).to.deep.equal(["GET /a answered 500 twice"]);
  });

  it("are there exactly if two failures are next to each other", () => {
    fc.assert(
      fc.property(sketches, (given) => {
        const areTwo = given.some((one, index) => isFailure(one) && isFailure(given[index + 1]));
        expect(probeProblems(results(given))).to.have.lengthOf(areTwo ? 1 : 0);
      }),
    );
  });
});

describe("isUncertain", () => {
  for (const [answers, expected] of [
    [[], true],
    [[200], false],
    [[200, 500], true],
    [[500, 200], false],
    [["late"], true],
    [["away"], false],
  ] as [Sketch[], boolean][])
    it(`is ${expected} after ${answers.join(", ") || "nothing"}`, () =>
      expect(isUncertain(["/users"], results(answers))).to.equal(expected));

  it("waits for the first answer of each path", () =>
    expect(isUncertain(["/users", "/more"], results([200]))).to.equal(true));
});

describe("probeSummary", () => {
  for (const [probes, answers, expected] of [
    [1, [], ""],
    [1, [200], "1 probe answered once"],
    [3, [200, 200, 404], "3 probes answered 3 times"],
    [1, [200, 500, 200, "late", 200], "1 probe answered 4 times, failed 2 times"],
    [2, [200, "away", 200], "2 probes answered 2 times, did not get through once (connect ECONNREFUSED)"],
    [2, ["away", "away"], "2 probes got no answer (connect ECONNREFUSED)"],
  ] as [number, Sketch[], string][])
    it(`of ${answers.join(", ") || "nothing"} is "${expected}"`, () =>
      expect(probeSummary(probes, results(answers))).to.equal(expected));
});

describe("withoutProbes", () => {
  const period = (more: Partial<TrafficPeriod> = {}): TrafficPeriod => ({
    startMs: START_MS,
    requests: 100,
    errors: 3,
    ended: 98,
    responseSeconds: 0.1,
    ...more,
  });
  const left = (answers: ProbeResult[], more: Partial<TrafficPeriod> = {}) =>
    withoutProbes([period(more)], answers, PERIOD_SECONDS)[0]!;

  it("takes requests and errors out", () =>
    expect(left(results([200, 500, 404]))).to.include({ requests: 97, errors: 2 }));

  it("leaves in what load balancers did not count: errors of late answers, and what did not reach them", () =>
    expect(left(results(["late", "away"]))).to.include({ requests: 99, errors: 3 }));

  it("takes out the ends of requests that a target has answered: another 5xx may be the load balancer's own", () =>
    expect(left(results([200, 404, 502, "late"]))).to.include({ requests: 96, ended: 96 }));

  it("takes the time of its answers out of the average", () => {
    // Ten clients at 0.5 s beside 90 probes at 0.02 s.
    const { responseSeconds } = left(
      Array.from({ length: 90 }, () => results([200])[0]!),
      { responseSeconds: 0.068 },
    );
    expect(responseSeconds).to.be.closeTo(0.5, 1e-9);
  });

  it("knows no average where only probes were", () =>
    expect(left(results([200, 200]), { requests: 2, errors: 0 })).to.include({ requests: 0, responseSeconds: null }));

  it("counts each in the period in which it was sent, to the millisecond", () => {
    const at = (ms: number) => ({ ...results([500])[0]!, sentMs: START_MS + ms });
    const periods = [0, 1, 2].map((index) => period({ startMs: START_MS + index * PERIOD_SECONDS * 1000 }));
    const answers = [at(-1), at(0), at(59_999), at(60_000), at(180_000)];
    expect(withoutProbes(periods, answers, PERIOD_SECONDS).map(({ requests }) => requests)).to.deep.equal([
      98, 99, 100,
    ]);
  });

  it("never counts less than nothing, more errors than requests, or more than there was", () => {
    const counts = fc.record({
      startMs: fc.constantFrom(START_MS, START_MS + 60_000),
      requests: fc.nat(40),
      errors: fc.nat(40),
      ended: fc.nat(40),
      responseSeconds: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 3 }), sketches, (periods, answers) => {
        withoutProbes(periods, results(answers), PERIOD_SECONDS).forEach((after, index) => {
          const before = periods[index]!;
          expect(after.requests).to.be.within(Math.max(0, before.requests - answers.length), before.requests);
          expect(after.errors).to.be.within(0, before.errors);
          if (after.requests < before.requests) expect(after.errors).to.be.at.most(after.requests);
          expect(after.ended).to.be.within(0, before.ended);
          expect(after.responseSeconds ?? 0).to.be.at.least(0);
        });
      }),
    );
  });
});
