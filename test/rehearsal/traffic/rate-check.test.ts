import { expect } from "chai";
import { UserError } from "../../../components/core/user-error";
import { RateCheck } from "../../../rehearsal/traffic/rate-check";

describe("RateCheck", () => {
  let nowMs: number;
  let check: RateCheck;
  beforeEach(() => {
    nowMs = 0;
    check = new RateCheck(1_000, () => nowMs);
  });

  /** Reports twice a second, with so many answers a second. */
  function report(lateMs: number, answeredPerSecond: number): boolean {
    nowMs += 500;
    const answered = (answeredPerSecond * nowMs) / 1_000;
    return check.isSteady({ sent: nowMs, ok: answered - 1, failed: 1, p99Ms: 1, oldestMs: lateMs, lateMs });
  }

  it("is steady as soon as requests leave on time", () => {
    expect(report(5_000, 200)).to.equal(false);
    expect(report(1_001, 200)).to.equal(false);
    expect(report(1_000, 200)).to.equal(true);
  });

  const cases: [string, number, number][] = [
    ["half of what is answered, rounded down", 310, 100],
    ["a small rate", 37, 10],
    ["the least rate of all for a machine that answers nothing", 0, 3],
  ];
  for (const [what, answeredPerSecond, rate] of cases) {
    it(`gives up with a rate to try: ${what}`, () => {
      const late = () => {
        for (;;) if (report(4_240, answeredPerSecond)) throw new Error("it was steady");
      };
      expect(late)
        .to.throw(
          UserError,
          `this machine is too busy for RATE=1000: requests left up to 4.2 s late, and ${answeredPerSecond} a second were answered; try RATE=${rate}`,
        )
        .with.property("exitCode", 1);
      expect(nowMs).to.equal(20_000);
    });
  }
});
