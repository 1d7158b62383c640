import { expect } from "chai";
import { DEFAULTS } from "../../../../components/settings/schema/kinds";
import {
  ASSUMED,
  assumptionsOf,
  observedSpread,
  spreadOf,
  withQuickInstances,
} from "../../../../rehearsal/cloud/kernel/assumptions";
import { publicShareOf } from "../../../../rehearsal/cloud/spread";
import { sampleObserved } from "../../../automation/first-contact/sample-observed";

describe("the rehearsal cloud's assumptions", () => {
  it("have a source each", () => {
    for (const { min, max, source } of Object.values(ASSUMED)) {
      expect(min).to.be.at.most(max);
      expect(source).not.to.equal("");
    }
  });

  it("hold where nothing was observed", () => {
    expect(assumptionsOf(null).boot).to.deep.equal({ min: 25, max: 40 });
    expect(spreadOf(assumptionsOf(null))).to.equal(2);
  });

  it("let an instance be in service for longer than its first health checks before its agent joins", () => {
    const { join } = assumptionsOf(null);
    expect(join.min).to.be.above(0);
    expect(join.max).to.be.above(DEFAULTS.intervalSeconds * 2);
  });

  it("let instances join and end quickly where the time of a boot is given", () => {
    const quick = withQuickInstances(assumptionsOf(null));
    expect(quick.join.max).to.equal(0);
    expect(quick.drainingEvent.max).to.equal(0);
    expect(quick.powerOff.max).to.be.below(ASSUMED.powerOff.min);
  });

  it("give way to what was observed, each by itself", () => {
    const observed = sampleObserved({
      boot: { min: 50, max: 70, samples: 5 },
      ruleSpread: { min: 1, max: 4.5, samples: 2 },
      targetSpread: { min: 6, max: 6, samples: 1 },
    });
    const assumptions = assumptionsOf(observed);
    expect(assumptions.boot).to.deep.equal({ min: 50, max: 70 });
    expect(assumptions.pull).to.deep.equal({ min: 4, max: 10 });
    expect(spreadOf(assumptions)).to.equal(6);
  });

  it("are only widened by a few samples, which may all be on the quick side", () => {
    const few = (min: number, max: number) => sampleObserved({ powerOff: { min, max, samples: 4 } });
    const table = [
      [few(20, 30), { min: 10, max: 90 }],
      [few(5, 240), { min: 5, max: 240 }],
    ] as const;
    for (const [observed, powerOff] of table) expect(assumptionsOf(observed)).to.deep.include({ powerOff });
  });

  it("say what public load balancers take where internal ones may be slower, unless one was seen", () => {
    const seen = sampleObserved({ ruleSpread: { min: 1, max: 8, samples: 2 } });
    expect(publicShareOf(2, observedSpread(undefined))).to.equal(0.25);
    expect(publicShareOf(2, observedSpread(sampleObserved()))).to.equal(0.25);
    expect(publicShareOf(8, observedSpread(seen))).to.equal(1);
    expect(publicShareOf(32, observedSpread(seen))).to.equal(0.25);
    expect(publicShareOf(16, observedSpread(seen))).to.equal(0.5);
    expect(publicShareOf(0, observedSpread(seen))).to.equal(1);
  });
});
