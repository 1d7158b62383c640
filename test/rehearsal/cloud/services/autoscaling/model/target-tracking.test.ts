import { expect } from "chai";
import fc from "fast-check";
import {
  desiredSize,
  type TrackedGroup,
} from "../../../../../../rehearsal/cloud/services/autoscaling/model/target-tracking";

const group = (overrides: Partial<TrackedGroup>): TrackedGroup => ({
  targetValue: 60,
  points: [],
  desired: 2,
  measured: 2,
  isGrowing: false,
  disableScaleIn: false,
  ...overrides,
});
const points = (count: number, percent: number) => Array<number>(count).fill(percent);

describe("rehearsal/cloud/services/autoscaling/model/target-tracking", () => {
  const cases: [string, Partial<TrackedGroup>, number][] = [
    ["keeps the size without a point", {}, 2],
    ["keeps it after two points above the target", { points: points(2, 90) }, 2],
    ["grows after three", { points: points(3, 90) }, 3],
    ["grows at once in proportion to the load", { points: points(3, 100), targetValue: 20 }, 10],
    ["keeps it when one of three is not above", { points: [90, 60, 90] }, 2],
    ["does not react twice to the same load", { points: points(4, 90), desired: 3, isGrowing: true }, 3],
    [
      "reacts to more load while instances warm up",
      { points: [90, 90, 100], targetValue: 50, desired: 3, isGrowing: true },
      4,
    ],
    ["keeps it after 14 points far below", { points: points(14, 0), desired: 3, measured: 3 }, 3],
    ["shrinks by one after 15", { points: points(15, 0), desired: 3, measured: 3 }, 2],
    ["shrinks no further than the target needs", { points: points(15, 41), desired: 3, measured: 3 }, 3],
    ["keeps it slightly below the target", { points: points(15, 50), desired: 3, measured: 3 }, 3],
    ["never shrinks while it grows", { points: points(15, 0), desired: 3, measured: 2, isGrowing: true }, 3],
    ["never shrinks with disableScaleIn", { points: points(15, 0), disableScaleIn: true }, 2],
  ];
  for (const [title, overrides, size] of cases) {
    it(`${title}: ${size}`, () => expect(desiredSize(group(overrides))).to.equal(size));
  }

  it("grows only after three points above the target, shrinks by at most one, and never shrinks above the target", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 15 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 10, max: 90 }),
        fc.boolean(),
        (load, desired, targetValue, isGrowing) => {
          const size = desiredSize(group({ points: load, desired, measured: desired, targetValue, isGrowing }));
          expect(size).to.be.at.least(desired - 1);
          if (load.slice(-3).some((point) => point <= targetValue)) expect(size).to.be.at.most(desired);
          if ((load.at(-1) ?? 0) > targetValue) expect(size).to.be.at.least(desired);
        },
      ),
    );
  });
});
