import { expect } from "chai";
import { CloudClock } from "../../../../../../rehearsal/cloud/kernel/clock";
import { AlarmSchedule } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-schedule";

/** AWS seconds in a real one: a minute is 6 ms. */
const SPEED = 10_000;

describe("rehearsal/cloud/services/cloudwatch/model/alarm-schedule", () => {
  let schedule: AlarmSchedule;
  afterEach(() => schedule.close());

  /** The first evaluations of one alarm: the end of the newest period, and when it was called for, in AWS seconds. */
  function evaluations(everySeconds: number, offsetSeconds: number, number: number) {
    return new Promise<{ end: number; at: number }[]>((resolve) => {
      const seen: { end: number; at: number }[] = [];
      schedule = new AlarmSchedule(new CloudClock(SPEED), Date.now, (name, end) => {
        expect(name).to.equal("errors");
        if (seen.push({ end, at: (Date.now() * SPEED) / 1000 }) === number) resolve(seen);
      });
      schedule.start("errors", { everySeconds, offsetSeconds });
    });
  }

  for (const [everySeconds, offsetSeconds] of [
    [60, 45],
    [10, 3],
    [3600, 20],
  ] as const) {
    it(`calls every ${everySeconds} AWS seconds, never twice for one period and never before it is over (W9)`, async () => {
      const seen = await evaluations(everySeconds, offsetSeconds, 3);
      for (const { end, at } of seen) {
        expect(end % everySeconds).to.equal(0);
        // Timers and the clock leave out fractions of a millisecond, each once.
        expect(at - end).to.be.at.least(offsetSeconds - (2 * SPEED) / 1000);
      }
      const ends = seen.map(({ end }) => end);
      expect(new Set(ends).size).to.equal(3);
      expect([...ends].sort((one, other) => one - other)).to.deep.equal(ends);
    });
  }

  it("takes new times for an alarm that it knows, and calls no more once it is stopped", async () => {
    const calls: Record<string, number> = { errors: 0, changed: 0, other: 0 };
    await new Promise<void>((resolve) => {
      schedule = new AlarmSchedule(new CloudClock(SPEED), Date.now, (name) => {
        calls[name]! += 1;
        if (calls.other === 5) resolve();
      });
      const minutely = { everySeconds: 60, offsetSeconds: 0 };
      for (const name of Object.keys(calls)) schedule.start(name, minutely);
      schedule.start("changed", { everySeconds: 86_400_000, offsetSeconds: 0 });
      schedule.stop("errors");
    });
    expect(calls).to.deep.equal({ errors: 0, changed: 0, other: 5 });
  });
});
