import { expect } from "chai";
import * as fc from "fast-check";
import { chooseByWeight, RoundRobin } from "../../../../../rehearsal/cloud/data-plane/load-balancer/choice";
import { seededRandom } from "../../../../../rehearsal/seeded-random";

/** Weights as ELB takes them: 1-5 groups, 0-999 (aws-rules E19, E20). */
const weights = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 5 });

describe("rehearsal/cloud/data-plane/load-balancer/choice: chooseByWeight", () => {
  it("chooses an item with a weight if there is one, and never one with weight 0", () => {
    void fc.assert(
      fc.property(weights, fc.integer(), (given, seed) => {
        const things = given.map((weight) => ({ weight }));
        const random = seededRandom(seed);
        for (let i = 0; i < 20; i += 1) {
          const chosen = chooseByWeight(things, random);
          if (given.every((weight) => weight === 0)) expect(chosen).to.equal(undefined);
          else expect(chosen?.weight).to.be.greaterThan(0);
        }
      }),
    );
  });

  it("chooses in proportion to the weights", () => {
    void fc.assert(
      fc.property(weights, fc.integer(), (given, seed) => {
        const total = given.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const things = given.map((weight) => ({ weight, chosen: 0 }));
        const random = seededRandom(seed);
        const draws = 4000;
        for (let i = 0; i < draws; i += 1) chooseByWeight(things, random)!.chosen += 1;
        // Five standard deviations of the widest binomial are 0.04.
        for (const { weight, chosen } of things) expect(chosen / draws).to.be.closeTo(weight / total, 0.045);
      }),
      { numRuns: 30 },
    );
  });

  for (const zeros of [[0], [0, 0]])
    it(`chooses none of the weights ${zeros.join(", ")} (E21)`, () => {
      const things = zeros.map((weight) => ({ weight }));
      expect(chooseByWeight(things, seededRandom(1))).to.equal(undefined);
    });

  it("returns undefined for an empty list", () => {
    expect(chooseByWeight([], seededRandom(1))).to.equal(undefined);
  });
});

describe("rehearsal/cloud/data-plane/load-balancer/choice: RoundRobin", () => {
  it("returns each item the same number of times", () => {
    void fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (size, rounds) => {
        const things = Array.from({ length: size }, (_, i) => i);
        const turns = new RoundRobin();
        const counts = new Map<number, number>();
        for (let i = 0; i < size * rounds; i += 1) {
          const thing = turns.next(things)!;
          counts.set(thing, (counts.get(thing) ?? 0) + 1);
        }
        expect([...counts.values()]).to.deep.equal(Array(size).fill(rounds));
      }),
    );
  });

  it("continues when the list shrinks or becomes empty", () => {
    const turns = new RoundRobin();
    for (let i = 0; i < 5; i += 1) turns.next(["a", "b", "c"]);
    expect(turns.next(["a"])).to.equal("a");
    expect(turns.next([])).to.equal(undefined);
  });
});
