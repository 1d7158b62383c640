import { expect } from "chai";
import { UserError } from "../../../components/core/user-error";
import { isBehind, MachineLateness, RateCheck } from "../../../rehearsal/traffic/rate-check";

describe("isBehind", () => {
  const cases: [string, number, number, boolean][] = [
    ["a free machine", 5, 20, false],
    ["a slow service on a free machine", 100, 9_000, false],
    ["a busy machine that keeps up", 600, 2_000, false],
    ["a busy machine on which requests pile up", 101, 2_001, true],
  ];
  for (const [what, lateMs, oldestMs, behind] of cases) {
    it(`${what}: ${behind}`, () => expect(isBehind({ lateMs, oldestMs })).to.equal(behind));
  }
});

describe("MachineLateness", () => {
  it("is the most while the oldest request waited, and nothing of before", () => {
    let nowMs = 0;
    const lateness = new MachineLateness(() => nowMs);
    const reports: [atMs: number, lateMs: number, oldestMs: number, mostMs: number][] = [
      [500, 700, 20, 700],
      [1_000, 3, 300, 3],
      [1_500, 150, 800, 150],
      [2_000, 4, 1_300, 150],
      [3_500, 4, 2_800, 150],
      [4_000, 5, 90, 5],
    ];
    for (const [atMs, lateMs, oldestMs, mostMs] of reports) {
      nowMs = atMs;
      const report = { sent: 1, ok: 1, failed: 0, p99Ms: 1, lateMs, oldestMs };
      expect(lateness.overLifeOfOldest(report), `at ${atMs}`).to.deep.equal({ ...report, lateMs: mostMs });
    }
  });
});

describe("RateCheck", () => {
  let nowMs: number;
  let check: RateCheck;
  beforeEach(() => {
    nowMs = 0;
    check = new RateCheck(1_000, () => nowMs);
  });

  /** Reports twice a second, with so many answers a second. */
  function report(oldestMs: number, answeredPerSecond: number, lateMs = 640): boolean {
    nowMs += 500;
    const ok = (answeredPerSecond * nowMs) / 1_000;
    return check.isSteady({ sent: nowMs, ok, failed: 1, p99Ms: 1, oldestMs, lateMs });
  }

  it("is steady as soon as no request waits for long", () => {
    expect(report(5_000, 200)).to.equal(false);
    expect(report(251, 200)).to.equal(false);
    expect(report(250, 200)).to.equal(true);
  });

  it("takes a slow service for steady after ten seconds", () => {
    const LATE_MS = 5;
    while (!report(3_000, 900, LATE_MS));
    expect(nowMs).to.equal(10_000);
  });

  const cases: [string, number, number][] = [
    ["half of what is answered, rounded down", 310, 100],
    ["a small rate", 37, 10],
    ["the least rate of all for a machine that answers nothing", 0, 3],
  ];
  for (const [what, answeredPerSecond, rate] of cases) {
    it(`gives up with a rate to try: ${what}`, () => {
      const reportUntilItGivesUp = () => {
        while (!report(9_800, answeredPerSecond));
      };
      expect(reportUntilItGivesUp)
        .to.throw(
          UserError,
          `this machine is too busy for RATE=1000: requests wait up to 9.8 s, the open loop runs 0.6 s late, and ${answeredPerSecond} a second were answered; try RATE=${rate}`,
        )
        .with.property("exitCode", 1);
      expect(nowMs).to.equal(10_000);
    });
  }
});
