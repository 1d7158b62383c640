import { expect } from "chai";
import { FAULT_KINDS, parseFault } from "../../../rehearsal/cloud/kernel/fault-kinds";
import { FAULT_CASES, INJECTED_STEPS } from "../../../rehearsal/fault-matrix/cases";

describe("rehearsal/fault-matrix/cases", () => {
  it("has every fault and every step, and each case once", () => {
    expect(new Set(FAULT_CASES.map(({ kind }) => kind))).to.deep.equal(new Set(FAULT_KINDS));
    expect(new Set(FAULT_CASES.map(({ step }) => step))).to.deep.equal(new Set(INJECTED_STEPS));
    const names = FAULT_CASES.map(({ kind, variant, step }) => `${kind} ${variant} ${step}`);
    expect(new Set(names).size).to.equal(names.length);
  });

  for (const { kind, variant, step, request, ends, failsRequests } of FAULT_CASES) {
    it(`${kind} ${variant} at ${step} can be injected, and is expected to end as that step can`, () => {
      expect(parseFault(request("v3")).kind).to.equal(kind);
      const isServing = INJECTED_STEPS.indexOf(step) >= INJECTED_STEPS.indexOf("ramp");
      expect(ends.length).to.be.above(0);
      if (isServing) expect(ends).not.to.include("takenBack");
      else expect(ends).not.to.include("rolledBack");
      // Before the new release gets requests, only a fault of the load balancers themselves fails any.
      if (failsRequests && !isServing) expect(kind).to.be.oneOf(["dropZone", "nodesChange"]);
    });
  }
});
