import { expect } from "chai";
import { groupNumbers } from "../../../components/service/instances";

const FIXED = { min: 2, max: 2, schedule: [] };
const RANGE = { min: 2, max: 5, schedule: [] };
const BY_SCHEDULE = { ...RANGE, schedule: [{ days: ["Mon" as const], from: "08:00", to: "20:00", min: 4 }] };
const SAME = { size: 2, previousSize: 2, isUnsettled: false, hadFixedSize: false, lastScheduled: 0 };

describe("the numbers of a colour's group", () => {
  it("are all set where the size changes", () => {
    for (const range of [FIXED, RANGE, BY_SCHEDULE])
      expect(groupNumbers({ ...SAME, size: 0, range })).to.deep.equal({
        ...{ minSize: 0, maxSize: 0, desiredCapacity: 0, kept: [], hasFixedSize: false, scheduledMinimum: 0 },
      });
    for (const range of [FIXED, RANGE, BY_SCHEDULE])
      expect(groupNumbers({ ...SAME, previousSize: 0, range })).to.deep.equal({
        ...{ minSize: 2, maxSize: range.max, desiredCapacity: 2, kept: [], hasFixedSize: range === FIXED },
        scheduledMinimum: range === BY_SCHEDULE ? 4 : 0,
      });
  });

  it("keep what the load has made of it, and the minimum of a schedule", () => {
    expect(groupNumbers({ ...SAME, range: RANGE }).kept).to.deep.equal(["desiredCapacity"]);
    expect(groupNumbers({ ...SAME, size: 3, range: BY_SCHEDULE }).kept).to.deep.equal(["desiredCapacity"]);
    expect(groupNumbers({ ...SAME, range: BY_SCHEDULE }).kept).to.deep.equal(["desiredCapacity", "minSize"]);
  });

  it("keep what the load has made of it where a number has replaced a range, but no minimum that a schedule has lowered", () => {
    const { minSize, kept, hasFixedSize } = groupNumbers({ ...SAME, range: FIXED });
    expect(minSize).to.equal(2);
    expect(kept).to.deep.equal(["maxSize", "desiredCapacity"]);
    expect(hasFixedSize).to.equal(false);
  });

  it("have no maximum below the minimum that a former schedule may have left, until the size is set anew (A1)", () => {
    const lower = { ...BY_SCHEDULE, max: 4 };
    for (const range of [lower, { ...lower, schedule: [] }]) {
      const left = groupNumbers({ ...SAME, lastScheduled: 6, range });
      expect([left.maxSize, left.scheduledMinimum]).to.deep.equal([6, 6]);
      expect(groupNumbers({ ...SAME, previousSize: 3, lastScheduled: 6, range }).maxSize).to.equal(4);
    }
    expect(groupNumbers({ ...SAME, lastScheduled: 6, range: FIXED }).scheduledMinimum).to.equal(6);
  });

  it("are all said where the size was fixed before, so that any run mends a group that has others", () => {
    const { kept, hasFixedSize } = groupNumbers({ ...SAME, hadFixedSize: true, range: FIXED });
    expect(kept).to.deep.equal([]);
    expect(hasFixedSize).to.equal(true);
  });

  it("are set where nobody knows what an interrupted update has left, so that instances come", () => {
    const left = { ...SAME, isUnsettled: true };
    expect(groupNumbers({ ...left, range: FIXED }).kept).to.deep.equal([]);
    // A higher minimum raises the number as well (A1), and a lower one stops nothing.
    expect(groupNumbers({ ...left, range: BY_SCHEDULE }).kept).to.deep.equal(["desiredCapacity"]);
  });
});
