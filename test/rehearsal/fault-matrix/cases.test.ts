import { expect } from "chai";
import { FAULT_KINDS, parseFault } from "../../../rehearsal/cloud/kernel/fault-kinds";
import { PAIRS, STRUCK_STEPS } from "../../../rehearsal/fault-matrix/cases";

describe("rehearsal/fault-matrix/cases", () => {
  it("has every fault, once at a step, and every step", () => {
    expect(new Set(PAIRS.map(({ kind }) => kind))).to.deep.equal(new Set(FAULT_KINDS));
    expect(new Set(PAIRS.map(({ step }) => step))).to.deep.equal(new Set(STRUCK_STEPS));
    const names = PAIRS.map(({ kind, variant, step }) => `${kind} ${variant} ${step}`);
    expect(new Set(names).size).to.equal(names.length);
  });

  for (const { kind, variant, step, request, ends, harms } of PAIRS) {
    it(`${kind} ${variant} at ${step} can be switched on, and is expected to end in a way that the step has`, () => {
      expect(parseFault(request("v3")).kind).to.equal(kind);
      const isServing = STRUCK_STEPS.indexOf(step) >= STRUCK_STEPS.indexOf("ramp");
      expect(ends.length).to.be.above(0);
      if (isServing) expect(ends).not.to.include("takenBack");
      else expect(ends).not.to.include("turnedBack");
      // Before the new release has requests, only what breaks the load balancers themselves fails any.
      if (harms && !isServing) expect(kind).to.equal("dropZone");
    });
  }
});
