import { expect } from "chai";
import fc from "fast-check";
import {
  type TrackedSituation,
  wantedSize,
} from "../../../../../../rehearsal/cloud/services/autoscaling/model/target-tracking";

const situation = (overrides: Partial<TrackedSituation>): TrackedSituation => ({
  targetPercent: 60,
  points: [],
  desired: 2,
  measured: 2,
  isGrowing: false,
  disableScaleIn: false,
  ...overrides,
});
const points = (count: number, percent: number) => Array<number>(count).fill(percent);

describe("rehearsal/cloud/services/autoscaling/model/target-tracking", () => {
  const cases: [string, Partial<TrackedSituation>, number][] = [
    ["keeps the size without a point", {}, 2],
    ["keeps it after two points above the target", { points: points(2, 90) }, 2],
    ["grows after three", { points: points(3, 90) }, 3],
    ["grows in proportion, and at once", { points: points(3, 100), targetPercent: 20 }, 10],
    ["keeps it when one of three is not above", { points: [90, 60, 90] }, 2],
    ["does not answer the same load twice", { points: points(4, 90), desired: 3, isGrowing: true }, 3],
    [
      "answers more load while the last answer warms up",
      { points: [90, 90, 100], targetPercent: 50, desired: 3, isGrowing: true },
      4,
    ],
    ["keeps it after 14 points far below", { points: points(14, 0), desired: 3, measured: 3 }, 3],
    ["shrinks by one after 15", { points: points(15, 0), desired: 3, measured: 3 }, 2],
    ["shrinks to what the target needs, not further", { points: points(15, 41), desired: 3, measured: 3 }, 3],
    ["keeps it a little below the target", { points: points(15, 50), desired: 3, measured: 3 }, 3],
    ["never shrinks while it grows", { points: points(15, 0), desired: 3, measured: 2, isGrowing: true }, 3],
    ["never shrinks when that is switched off", { points: points(15, 0), disableScaleIn: true }, 2],
  ];
  for (const [title, overrides, size] of cases) {
    it(`${title}: ${size}`, () => expect(wantedSize(situation(overrides))).to.equal(size));
  }

  it("never grows on a mixed minute, never shrinks by more than one, never loses capacity above the target", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 15 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 10, max: 90 }),
        fc.boolean(),
        (load, desired, targetPercent, isGrowing) => {
          const size = wantedSize(situation({ points: load, desired, measured: desired, targetPercent, isGrowing }));
          expect(size).to.be.at.least(desired - 1);
          if (load.slice(-3).some((point) => point <= targetPercent)) expect(size).to.be.at.most(desired);
          if ((load.at(-1) ?? 0) > targetPercent) expect(size).to.be.at.least(desired);
        },
      ),
    );
  });
});
