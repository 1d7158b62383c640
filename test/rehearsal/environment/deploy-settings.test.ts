import { expect } from "chai";
import { rehearsedDeploy } from "../../../rehearsal/environment/deploy-settings";

/** What a rehearsal asks for at speed 20. */
const GIVEN = {
  ...{ drainSeconds: 4, steadySeconds: 1.5, bakeSeconds: 9, drainCapSeconds: 15, rampPauseSeconds: 9, ramp: [] },
  ...{ metricPeriodSeconds: 3, healthyWithinSeconds: 45 },
};

describe("rehearsal/environment/deploy-settings", () => {
  const CASES: { what: string; own: Record<string, unknown>; notTried: string[]; more?: Record<string, unknown> }[] = [
    { what: "nothing of its own", own: {}, notTried: [] },
    {
      what: "limits, which hold here, too",
      own: { maxErrorPercent: 0.2, maxLatencyRatio: 1.5 },
      notTried: [],
      more: { maxErrorPercent: 0.2, maxLatencyRatio: 1.5 },
    },
    {
      what: "twice the time to become healthy, which is scaled",
      own: { healthyWithinSeconds: 1800 },
      notTried: [],
      more: { healthyWithinSeconds: 90 },
    },
    {
      what: "the values that the rehearsal has, or the defaults",
      own: { drainSeconds: 80, bakeSeconds: 180, ramp: [], rampPauseSeconds: 600, atDrainCap: "retire", alarms: [] },
      notTried: [],
    },
    {
      what: "what a rehearsal leaves out",
      own: {
        alarms: ["users-5xx", "slow"],
        approve: "before-cutover",
        approveWithin: "2h",
        keepWarm: "30m",
        atDrainCap: "keep",
      },
      notTried: [
        "the alarms users-5xx, slow",
        "approve before-cutover",
        "keepWarm 30m",
        "atDrainCap keep, it was retire",
      ],
    },
    {
      what: "other times and steps",
      own: { bakeSeconds: 600, ramp: [1, 10], rampPauseSeconds: 60, drainSeconds: 200 },
      notTried: ["bakeSeconds 600, it was 180", "ramp [1,10]", "drainSeconds 200, it was 80"],
    },
  ];
  for (const { what, own, notTried, more = {} } of CASES) {
    it(`of a stack with ${what}`, () => {
      expect(rehearsedDeploy(own, GIVEN, 20)).to.deep.equal({ deploy: { ...GIVEN, ...more }, notTried });
    });
  }

  it("has the pause of a ramp that there is", () => {
    const given = { ...GIVEN, ramp: [5, 50] };
    expect(rehearsedDeploy({ ramp: [5, 50], rampPauseSeconds: 60 }, given, 20).notTried).to.deep.equal([
      "rampPauseSeconds 60, it was 180",
    ]);
  });
});
