import { assert } from "chai";
import fc from "fast-check";
import { type AnalysedService, type AnalysisInput, analyse } from "../../../../automation/observe/analysis/analyse";
import type { ObservedAlarm, TrafficPeriod } from "../../../../automation/ports/observer";

const PERIOD_SECONDS = 60;
const START_MS = 1_699_999_980_000;
const LIMITS = { maxErrorPercent: 1, maxLatencyRatio: 2 };

/** `[requests, errors, milliseconds, ended]` of each period, in order. By default each request has ended. */
type Sketch = [requests: number, errors: number, milliseconds?: number, ended?: number][];

function periods(sketch: Sketch, fromMs = START_MS): TrafficPeriod[] {
  return sketch.map(([requests, errors, ms = 20, ended = requests], index) => ({
    startMs: fromMs + index * PERIOD_SECONDS * 1000,
    requests,
    errors,
    ended,
    responseSeconds: requests === 0 ? null : ms / 1000,
  }));
}

function problems(fresh: Sketch, old: Sketch, more: Partial<AnalysedService & AnalysisInput> = {}): string[] {
  const { compare = "before", limits = LIMITS, periodSeconds = PERIOD_SECONDS } = more;
  const before = compare === "before" ? START_MS - old.length * PERIOD_SECONDS * 1000 : START_MS;
  const service = { name: "users", fresh: periods(fresh), old: periods(old, before), compare };
  return analyse({ alarms: [], services: [service], limits, periodSeconds });
}

describe("analyse", () => {
  const { TZ: zone } = process.env;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it("says what was measured and when in UTC, what is usual and what is allowed", () => {
    process.env.TZ = "Asia/Tokyo";
    assert.deepEqual(problems([[640, 33]], [[600, 0]]), [
      "users: 5.16 % of 640 requests got a 5xx or no response between 22:13 and 22:14 UTC, before the change 0.00 %, allowed 1.00 %",
    ]);
    assert.deepEqual(problems([[640, 0, 240]], [[600, 0, 80]]), [
      `users: 640 answers took 240 ms on average between 22:13 and 22:14 UTC, before the change 80 ms, allowed 160 ms`,
    ]);
    assert.deepEqual(problems([[640, 33]], [[3, 3]], { compare: "meanwhile", periodSeconds: 3 }), [
      `users: 5.16 % of 640 requests got a 5xx or no response between 22:13:00 and 22:13:03 UTC, meanwhile on the old release too few to compare, allowed 1.00 %`,
    ]);
  });

  for (const { what, fresh, old, compare = "before", wanted } of [
    { what: "one 500 of three", fresh: [[3, 1]], old: [[600, 0]], wanted: 0 },
    { what: "four errors, whatever the rate", fresh: [[60, 4]], old: [[600, 0]], wanted: 0 },
    { what: "a few requests that all fail", fresh: [[12, 12]], old: [[600, 0]], wanted: 1 },
    { what: "a few requests that all fail, beside fewer good ones", fresh: [[12, 12]], old: [[3, 0]], wanted: 1 },
    { what: "a few requests of which half fail", fresh: [[12, 6]], old: [], wanted: 1 },
    { what: "a few requests of which less than half fail", fresh: [[12, 5]], old: [[600, 0]], wanted: 0 },
    { what: "a few requests that fail as usual", fresh: [[12, 12]], old: [[600, 600]], wanted: 0 },
    { what: "a few requests that fail as the few before", fresh: [[12, 7]], old: [[6, 4]], wanted: 0 },
    { what: "five errors of a hundred", fresh: [[100, 5]], old: [[600, 0]], wanted: 1 },
    { what: "as many errors as allowed", fresh: [[1000, 10]], old: [[600, 0]], wanted: 0 },
    { what: "one more than allowed", fresh: [[1000, 11]], old: [[600, 0]], wanted: 1 },
    { what: "an error rate that is usual", fresh: [[1000, 55]], old: [[1000, 50]], wanted: 0 },
    {
      what: "few errors over many periods",
      fresh: [
        [60, 2],
        [60, 2],
        [60, 2],
      ],
      old: [[600, 0]],
      wanted: 1,
    },
    {
      what: "errors that begin in the newest period",
      fresh: [
        [9000, 0],
        [9000, 0],
        [100, 6],
      ],
      old: [[600, 0]],
      wanted: 1,
    },
    {
      what: "few requests in each period, many together",
      fresh: [
        [30, 3],
        [30, 3],
      ],
      old: [[600, 0]],
      wanted: 1,
    },
    { what: "no requests", fresh: [[0, 0]], old: [[600, 0]], wanted: 0 },
    { what: "no period", fresh: [], old: [[600, 0]], wanted: 0 },
    { what: "no response to requests that may be in flight", fresh: [[1000, 0, 20, 0]], old: [[600, 0]], wanted: 0 },
    {
      what: "no response to any request of two periods",
      fresh: [
        [1000, 0, 20, 0],
        [1000, 0, 20, 0],
      ],
      old: [[600, 0]],
      wanted: 1,
    },
    {
      what: "slow requests, as many in flight as begin in a period",
      fresh: [
        [1000, 0, 20, 0],
        [1000, 0, 20, 1000],
        [1000, 0, 20, 1000],
      ],
      old: [[600, 0]],
      wanted: 0,
    },
    {
      what: "responses that stop",
      fresh: [
        [1000, 0],
        [1000, 0],
        [1000, 0, 20, 0],
        [1000, 0, 20, 0],
      ],
      old: [[600, 0]],
      wanted: 1,
    },
    {
      what: "a third of the requests without a response",
      fresh: Array.from({ length: 4 }, () => [1000, 0, 20, 667]),
      old: [[600, 0]],
      wanted: 1,
    },
    {
      what: "as many without a response as is usual",
      fresh: Array.from({ length: 20 }, () => [1000, 0, 20, 900]),
      old: Array.from({ length: 9 }, () => [1000, 0, 20, 900]),
      wanted: 0,
    },
    {
      what: "connections that were not made: each counts once",
      fresh: Array.from({ length: 3 }, () => [1000, 10, 20, 1000]),
      old: [[600, 0]],
      wanted: 0,
    },
    {
      what: "a few requests of which most got no response",
      fresh: [
        [8, 0, 20, 0],
        [8, 0, 20, 0],
        [8, 0, 20, 0],
      ],
      old: [[600, 0]],
      wanted: 1,
    },
    { what: "an old release without requests", fresh: [[100, 0, 900]], old: [], wanted: 0 },
    { what: "twice as slow", fresh: [[100, 0, 200]], old: [[600, 0, 100]], wanted: 0 },
    { what: "more than twice as slow", fresh: [[100, 0, 201]], old: [[600, 0, 100]], wanted: 1 },
    { what: "ten times as slow, by 45 ms", fresh: [[100, 0, 50]], old: [[600, 0, 5]], wanted: 0 },
    {
      what: "slow in a period that is over",
      fresh: [
        [100, 0, 900],
        [100, 0, 20],
      ],
      old: [[600, 0, 20]],
      wanted: 0,
    },
    { what: "slow and failing", fresh: [[100, 50, 900]], old: [[600, 0, 20]], wanted: 2 },
    {
      what: "trouble that the old release has at the same time",
      fresh: [
        [100, 0],
        [100, 30, 900],
      ],
      old: [
        [900, 0],
        [900, 270, 900],
      ],
      compare: "meanwhile",
      wanted: 0,
    },
  ] as { what: string; fresh: Sketch; old: Sketch; compare?: AnalysedService["compare"]; wanted: number }[]) {
    it(`finds ${wanted} ${wanted === 1 ? "problem" : "problems"} with ${what}`, () => {
      assert.lengthOf(problems(fresh, old, { compare }), wanted);
    });
  }

  it("reports an alarm that fires and one that cannot be read, and no other", () => {
    const alarms: ObservedAlarm[] = [
      { name: "a", state: "OK", reason: "" },
      { name: "b", state: "ALARM", reason: "threshold crossed" },
      { name: "c", state: "INSUFFICIENT_DATA", reason: "" },
      { name: "d", state: "unreadable", reason: "there is no such alarm" },
    ];
    assert.deepEqual(analyse({ alarms, services: [], limits: LIMITS, periodSeconds: 60 }), [
      "the alarm b fires: threshold crossed",
      "the alarm d cannot be read: there is no such alarm",
    ]);
  });

  describe("invariants", () => {
    const period = fc
      .tuple(fc.nat(2000), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 2000 }))
      .map(([requests, share, ms]): Sketch[number] => [requests, Math.floor(requests * share), ms]);
    const sketch = fc.array(period, { minLength: 1, maxLength: 6 });
    const compare = fc.constantFrom("before" as const, "meanwhile" as const);
    const kinds = (lines: string[]) => lines.map((line) => (line.includes("5xx") ? "errors" : "latency"));

    it("a release that does as the old one does has no problem", () => {
      fc.assert(
        fc.property(period, fc.integer({ min: 1, max: 5 }), compare, (one, times, by) => {
          const same = Array.from({ length: times }, () => one);
          assert.isEmpty(problems(same, same, { compare: by }));
        }),
      );
    });

    it("more traffic of the same kind removes no problem", () => {
      fc.assert(
        fc.property(sketch, sketch, compare, fc.integer({ min: 2, max: 50 }), (fresh, old, by, times) => {
          const scaled = (some: Sketch) =>
            some.map(([requests, errors, ms]): Sketch[number] => [requests * times, errors * times, ms]);
          // With fewer requests, more traffic would also make fewer periods enough for the analysis.
          fc.pre([...fresh, ...old].every(([requests]) => requests >= 50));
          const few = kinds(problems(fresh, old, { compare: by }));
          assert.includeMembers(kinds(problems(scaled(fresh), scaled(old), { compare: by })), few);
        }),
      );
    });

    it("higher limits only remove problems", () => {
      fc.assert(
        fc.property(sketch, sketch, compare, fc.nat(50), (fresh, old, by, more) => {
          const limits = { maxErrorPercent: 1 + more, maxLatencyRatio: 2 + more };
          const strict = kinds(problems(fresh, old, { compare: by }));
          assert.includeMembers(strict, kinds(problems(fresh, old, { compare: by, limits })));
        }),
      );
    });

    it("a release without errors has no problem with errors", () => {
      fc.assert(
        fc.property(sketch, sketch, compare, (fresh, old, by) => {
          const clean = fresh.map(([requests, , ms]): Sketch[number] => [requests, 0, ms]);
          assert.notInclude(kinds(problems(clean, old, { compare: by })), "errors");
        }),
      );
    });
  });
});
