import { expect } from "chai";
import { steadySecondsAt } from "../../../rehearsal/environment/rehearsal-stack";

describe("the time for which a worker's tasks have to stay in a rehearsal", () => {
  for (const [speed, realSeconds] of [
    [1, 30],
    [5, 6],
    [20, 5],
    [200, 5],
  ] as const)
    it(`is ${realSeconds} real seconds at ${speed} : 1, in which a program can fail`, () =>
      expect(steadySecondsAt(speed)).to.equal(realSeconds));
});
