import { expect } from "chai";
import { UserError } from "../../../components/core/user-error";
import { FAULT_KINDS, parseFault } from "../../../rehearsal/cloud/kernel/fault-kinds";
import { casesOf, drawPairs, FAULT_CASES, INJECTED_STEPS } from "../../../rehearsal/fault-matrix/cases";
import { seededRandom } from "../../../rehearsal/seeded-random";

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
      // Nobody sees at once that an instance is lost.
      else if (!["loseInstance", "spotInterruption"].includes(kind)) expect(ends).not.to.include("rolledBack");
      // Before the new release gets requests, only a fault of the load balancers, of the old release's machines or of the database fails any.
      if (failsRequests && !isServing)
        expect(kind).to.be.oneOf([
          ...["dropZone", "nodesChange", "loseInstance", "spotInterruption"],
          ...["failover", "connectionsUsedUp", "slowDatabase"],
        ]);
    });
  }

  it("are those of the kinds and steps that are asked for", () => {
    const cases = casesOf({ only: ["restart", "errorsAfter"], step: ["bake"] }, seededRandom(7));
    expect(cases.map(({ kind, step }) => `${kind} ${step}`)).to.deep.equal(["errorsAfter bake", "restart bake"]);
    expect(casesOf({}, seededRandom(7))).to.deep.equal(FAULT_CASES);
    expect(casesOf({ pairs: 3 }, seededRandom(7))).to.have.length(3);
  });

  it("are refused where no fault that is asked for has an effect in a step", () => {
    expect(() => casesOf({ only: ["launchFailure"], step: ["cutover"] }, seededRandom(7))).to.throw(
      UserError,
      /^--only launchFailure --step cutover: no such fault has an effect in such a step; wanted another of the two, such as --only launchFailure --step warm$/,
    );
  });

  describe("pairs", () => {
    const pairs = drawPairs(FAULT_CASES, 50, seededRandom(7));

    it("are of two kinds, the one with the earlier step first, and the same for the same seed", () => {
      expect(pairs).to.have.length(50);
      for (const pair of pairs) {
        expect(pair.and!.kind).not.to.equal(pair.kind);
        expect(INJECTED_STEPS.indexOf(pair.step)).to.be.at.most(INJECTED_STEPS.indexOf(pair.and!.step));
        expect(pair.variant).to.contain(`with ${pair.and!.kind}`);
      }
      const again = drawPairs(FAULT_CASES, 50, seededRandom(7));
      expect(again.map(({ variant }) => variant)).to.deep.equal(pairs.map(({ variant }) => variant));
    });

    it("may fail requests if one of the two faults does", () => {
      for (const { and, failsRequests, kind, step, variant } of pairs) {
        const first = FAULT_CASES.find(
          (one) => one.kind === kind && one.step === step && variant.startsWith(one.variant),
        );
        expect(failsRequests).to.equal(first!.failsRequests || and!.failsRequests);
      }
    });

    it("are refused of one kind", () => {
      expect(() => casesOf({ pairs: 5, only: ["restart"] }, seededRandom(7))).to.throw(
        UserError,
        /^--pairs 5 with --only restart: given cases of restart alone, wanted at least two kinds of faults/,
      );
    });
  });
});
