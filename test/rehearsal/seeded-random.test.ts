import { expect } from "chai";
import * as fc from "fast-check";
import { seededRandom } from "../../rehearsal/seeded-random";

describe("rehearsal/seeded-random", () => {
  it("returns the same numbers in [0, 1) for the same seed", () => {
    void fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [one, other] = [seededRandom(seed), seededRandom(seed)];
        for (let i = 0; i < 50; i += 1) {
          const value = one();
          expect(value).to.equal(other());
          expect(value).to.be.within(0, 1 - Number.EPSILON);
        }
      }),
    );
  });
});
