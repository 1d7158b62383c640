import { expect } from "chai";
import fc from "fast-check";
import { RAMP_UP_MS, RoundRobin, Schedule } from "../../../rehearsal/traffic/schedule";
import { streamsOf } from "../../../rehearsal/traffic/streams";
import { CLIENT_CLASSES } from "../../../rehearsal/traffic/types";

const domain = "example.test";
const startup = ["users", "doodle", "mailer"];

describe("RoundRobin", () => {
  it("goes in order when weights are equal", () => {
    const robin = new RoundRobin([100, 100, 100]);
    expect(Array.from({ length: 7 }, () => robin.next())).to.deep.equal([0, 1, 2, 0, 1, 2, 0]);
  });

  it("strays from the shares by few turns", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const robin = new RoundRobin(weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = weights.map(() => 0);
        let furthest = 0;
        for (let turn = 1; turn <= 200; turn += 1) {
          counts[robin.next()]! += 1;
          for (const [index, weight] of weights.entries())
            furthest = Math.max(furthest, Math.abs(counts[index]! - (turn * weight) / total));
        }
        // An index waits at most until each of the others has had its turn.
        expect(furthest).to.be.at.most(weights.length);
      }),
    );
  });
});

describe("schedule", () => {
  it("has nothing due without streams, as where all services are workers", () => {
    expect(new Schedule({ streams: [], seed: 4 }, 1_000_000).nextDueMs).to.equal(Number.POSITIVE_INFINITY);
  });

  const take = (count: number) => {
    const streams = streamsOf({ ratePerSecond: 1000, services: startup, domain });
    const schedule = new Schedule({ streams, seed: 4 }, 1_000_000);
    return Array.from({ length: count }, () => schedule.next());
  };

  it("gives each stream its share of every second, with the configured share of POSTs and unique ids", () => {
    // Half of what the ramp-up's time has at the full rate comes in it.
    const atFullRate = RAMP_UP_MS / 2;
    const second = take(atFullRate + 1_000).slice(atFullRate);
    const of = (name: string) => second.filter(({ plan }) => plan.stream.name === name);
    expect(of("internal").length).to.be.closeTo(300, 1);
    for (const name of CLIENT_CLASSES) expect(of(name).length).to.be.closeTo(233, 1);
    const postsOf = (name: string) => of(name).filter(({ plan }) => plan.method === "POST").length;
    for (const name of CLIENT_CLASSES) expect(postsOf(name)).to.be.closeTo(of(name).length / 2, 11);
    expect(postsOf("internal")).to.be.closeTo(30, 3);
    const ids = second.flatMap(({ plan }) => plan.postId || []);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(second.at(-1)!.plan.atMs - second[0]!.plan.atMs).to.be.closeTo(999, 0.01);
  });

  it("goes on at another rate from the next request on, with the same shares", () => {
    const streams = streamsOf({ ratePerSecond: 1000, services: startup, domain });
    const schedule = new Schedule({ streams, seed: 4 }, 1_000_000);
    const untilFullRate = RAMP_UP_MS / 2;
    for (let index = 0; index < untilFullRate + 100; index += 1) schedule.next();
    const dueMs = schedule.nextDueMs;
    schedule.changeRate(0.5);
    schedule.changeRate(0.4);
    expect(schedule.nextDueMs).to.equal(dueMs);
    const second = Array.from({ length: 201 }, () => schedule.next());
    expect(second.at(-1)!.plan.atMs - dueMs).to.be.closeTo(1_000, 0.01);
    expect(second.filter(({ plan }) => plan.stream.name === "internal").length).to.be.closeTo(60, 1);
  });

  it("is the same for the same seed", () => {
    expect(take(500)).to.deep.equal(take(500));
  });
});
