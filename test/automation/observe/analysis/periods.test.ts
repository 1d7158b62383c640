import { assert } from "chai";
import fc from "fast-check";
import { hasNoTraffic, newestWith, readableWindow } from "../../../../automation/observe/analysis/periods";

const MINUTE = 60_000;
const START_MS = 1_699_999_980_000;
const at = (minutes: number) => START_MS + minutes * MINUTE;

describe("readableWindow", () => {
  for (const { since, now, from, to } of [
    { since: 0, now: 1.9, from: 0, to: 0 },
    { since: 0, now: 2, from: 0, to: 1 },
    { since: 0.1, now: 2.9, from: 1, to: 1 },
    { since: 0.1, now: 3, from: 1, to: 2 },
    { since: 0.1, now: 9.5, from: 1, to: 8 },
    { since: 5, now: 1, from: 5, to: 5 },
  ]) {
    it(`is from ${from} to ${to} at ${now} minutes, for a change at ${since}`, () => {
      const { fromMs, toMs } = readableWindow(at(since), at(now), 60);
      assert.deepEqual([fromMs, toMs], [at(from), at(to)]);
    });
  }

  it("never begins before the change, and never includes the newest whole period", () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), fc.integer({ min: 1, max: 300 }), (since, now, periodSeconds) => {
        const { fromMs, toMs } = readableWindow(since, now, periodSeconds);
        assert.isAtLeast(fromMs, since);
        assert.isAtLeast(toMs, fromMs);
        assert.isTrue(toMs === fromMs || toMs <= now - periodSeconds * 1000);
      }),
    );
  });
});

describe("newestWith", () => {
  const periods = [100, 0, 30, 20].map((requests, index) => ({
    startMs: at(index),
    requests,
    errors: 0,
    ended: requests,
    responseSeconds: null,
  }));
  for (const { requests, wanted } of [
    { requests: 20, wanted: 1 },
    { requests: 50, wanted: 2 },
    { requests: 51, wanted: 4 },
    { requests: 151, wanted: undefined },
  ]) {
    it(`takes ${wanted ?? "no"} periods for ${requests} requests`, () => {
      assert.equal(newestWith(requests, periods)?.length, wanted);
    });
  }
});

describe("hasNoTraffic", () => {
  const periods = (requests: number[]) =>
    requests.map((count, index) => ({
      startMs: at(index),
      requests: count,
      errors: 0,
      ended: count,
      responseSeconds: null,
    }));
  const cases: [what: string, old: number[], other: number[], hadRequests: boolean, wanted: boolean][] = [
    ["no request in the newest period", [5, 0], [900, 900], true, true],
    ["requests in the newest period", [0, 1], [900, 900], true, false],
    ["no period yet", [], [], false, false],
    ["counts of both colours that have not come yet", [0, 0], [0, 0], true, false],
    ["counts of the newest period that have not come yet, after one without requests", [0, 0], [900, 0], true, true],
    ["counts of the newest period that have not come yet, after one with requests", [5, 0], [900, 0], true, false],
    ["a service that nobody asks", [0, 0], [0, 0], false, true],
  ];
  for (const [what, old, other, hadRequests, wanted] of cases) {
    it(`is ${wanted} for ${what}`, () => {
      assert.equal(hasNoTraffic({ old: periods(old), other: periods(other) }, hadRequests), wanted);
    });
  }
});
