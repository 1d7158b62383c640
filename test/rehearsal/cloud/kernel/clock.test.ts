import { expect } from "chai";
import { CloudClock } from "../../../../rehearsal/cloud/kernel/clock";

describe("rehearsal/cloud/kernel/clock", () => {
  const FASTEST_START = 40;
  for (const [speed, realSeconds] of [
    [1, 600],
    [20, 30],
    [40, 15],
    [100, 15],
    [200, 15],
  ] as const)
    it(`lets a limit of 600 AWS seconds for a start last ${realSeconds} real seconds at ${speed} : 1`, () => {
      const clock = new CloudClock(speed, FASTEST_START);
      expect(clock.realMs(clock.startLimit(600))).to.equal(realSeconds * 1000);
    });
});
