import { assert } from "chai";
import { doubleRunningHours } from "../../../automation/preview/deploy-plan";
import { live } from "../deploy/worlds";

describe("doubleRunningHours", () => {
  const before = live({ active: "blue", blue: ["v1", 2], green: null });
  const both = live({ active: "blue", blue: ["v1", 2], green: ["v2", 3] });
  const after = live({ active: "green", blue: ["v1", 0], green: ["v2", 3] });
  const first = live({ active: "green", blue: ["v1", 2], green: null });
  const none = live({ active: "green", blue: null, green: null });

  it("counts the smaller colour while both run, from the start of `warm` to the end of `retire`", () => {
    const periods = [
      { before, after: both, seconds: 900 },
      { before: both, after: both, seconds: 1_800 },
      { before: both, after, seconds: 900 },
    ];
    assert.equal(doubleRunningHours(periods, ["users"]), 2);
  });

  it("counts nothing while only one colour runs", () => {
    assert.equal(doubleRunningHours([{ before: none, after: first, seconds: 3_600 }], ["users"]), 0);
    assert.equal(doubleRunningHours([{ before, after: before, seconds: 3_600 }], ["users"]), 0);
  });

  it("counts only the given services", () => {
    assert.equal(doubleRunningHours([{ before: both, after: both, seconds: 3_600 }], []), 0);
  });
});
