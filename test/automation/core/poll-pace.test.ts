import { assert } from "chai";
import { pollPace } from "../../../automation/core/poll-pace";

const ALMOST_ONE = 1 - 1e-9;

describe("pollPace", () => {
  for (const { metricPeriodSeconds, waitedSeconds, range } of [
    { metricPeriodSeconds: 60, waitedSeconds: 0, range: [2_000, 5_000] },
    { metricPeriodSeconds: 60, waitedSeconds: 119, range: [2_000, 5_000] },
    { metricPeriodSeconds: 60, waitedSeconds: 120, range: [5_000, 10_000] },
    { metricPeriodSeconds: 15, waitedSeconds: 29, range: [500, 1_250] },
    { metricPeriodSeconds: 15, waitedSeconds: 30, range: [1_250, 2_500] },
    { metricPeriodSeconds: 3, waitedSeconds: 0, range: [250, 250] },
  ])
    it(`is ${range.join(" to ")} ms after ${waitedSeconds} s, with periods of ${metricPeriodSeconds} s`, () => {
      const [least, most] = [0, ALMOST_ONE].map((random) =>
        pollPace(metricPeriodSeconds, { random: () => random })(waitedSeconds * 1000),
      );
      assert.deepEqual([Math.round(least!), Math.round(most!)], range);
    });

  it("leaves more time where one look is at more services than are looked at side by side", () => {
    const ms = [1, 8, 16, 40].map((services) => pollPace(60, { services, random: () => 0 })(0));
    assert.deepEqual(ms, [2_000, 2_000, 4_000, 10_000]);
  });

  it("draws each interval anew, so that services are not looked at in step", () => {
    const pace = pollPace(60);
    assert.isAbove(new Set(Array.from({ length: 20 }, () => pace(0))).size, 1);
  });
});
