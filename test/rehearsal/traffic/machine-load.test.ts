import { expect } from "chai";
import fc from "fast-check";
import { busyShare, nextRate, roundDown } from "../../../rehearsal/traffic/machine-load";

describe("rehearsal/traffic/machine-load", () => {
  const cases: [what: string, ratePerSecond: number, goal: number, busy: number, next: number][] = [
    ["keeps a goal that leaves room", 1_000, 1_000, 0.6, 1_000],
    ["keeps a goal with more digits", 1_234, 1_234, 0.3, 1_234],
    ["at most triples a rate on an idle machine", 100, 1_000, 0.01, 300],
    ["goes to the goal and not beyond", 600, 1_000, 0.3, 1_000],
    ["tries more than leaves room: some of the work does not grow with the rate", 100, 1_000, 0.31, 200],
    ["tries no more than the machine can carry", 500, 1_000, 0.6, 700],
    ["lowers a rate that leaves no room", 1_000, 1_000, 0.93, 600],
    ["lowers a rate at which requests pile up", 500, 1_000, 1, 300],
    ["lowers it at least to the next first digit", 1_000, 1_000, 0.61, 900],
  ];
  for (const [what, ratePerSecond, goal, busy, next] of cases)
    it(what, () => expect(nextRate(ratePerSecond, { goal, busy })).to.equal(next));

  it("is lower whenever the machine is too busy, and never above the goal", () => {
    const [rates, shares] = [
      fc.double({ min: 3, max: 5_000, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
    ];
    fc.assert(
      fc.property(rates, shares, fc.double({ min: 1, max: 10, noNaN: true }), (rate, busy, times) => {
        const next = nextRate(rate, { goal: rate * times, busy });
        if (busy > 0.61) expect(next).to.be.lessThan(rate);
        expect(next)
          .to.be.above(0)
          .and.at.most(rate * times);
      }),
    );
  });

  it("rounds down to the first digit", () => {
    expect([999, 1_000, 37, 3.9, 9_999.999999999996].map(roundDown)).to.deep.equal([900, 1_000, 30, 3, 9_000]);
  });

  it("measures this machine", async () => {
    expect(await busyShare(50, new AbortController().signal)).to.be.within(0, 1);
    const aborted = await busyShare(60_000, AbortSignal.timeout(1)).catch((error: Error) => error);
    expect(aborted).to.have.property("name", "AbortError");
  });
});
