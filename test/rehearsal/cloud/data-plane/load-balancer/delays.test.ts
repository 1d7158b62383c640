import { expect } from "chai";
import { drawDelays } from "../../../../../rehearsal/cloud/data-plane/load-balancer/delays";
import { seededRandom } from "../../../../../rehearsal/seeded-random";

describe("rehearsal/cloud/data-plane/load-balancer/delays", () => {
  it("one node follows at once, the slowest after the whole spread, the others between (E24)", () => {
    const random = seededRandom(1);
    const sorted = (count: number) => drawDelays(count, 120, random).sort((one, other) => one - other);
    expect([0, 1, 2, 4].map(sorted)).to.deep.equal([[], [120], [0, 120], [0, 40, 80, 120]]);
  });

  it("another node is the slowest each time, and the same ones with the same seed", () => {
    const draw = () => {
      const random = seededRandom(7);
      return Array.from({ length: 20 }, () => drawDelays(2, 120, random).indexOf(120));
    };
    expect(new Set(draw())).to.deep.equal(new Set([0, 1]));
    expect(draw()).to.deep.equal(draw());
  });
});
