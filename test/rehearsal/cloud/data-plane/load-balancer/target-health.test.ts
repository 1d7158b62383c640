import { expect } from "chai";
import * as fc from "fast-check";
import { routableOf } from "../../../../../rehearsal/cloud/data-plane/load-balancer/target-group";
import {
  afterCheck,
  type CheckOutcome,
  DRAINING,
  FIRST_CHECKS,
  type Health,
  UNUSED,
} from "../../../../../rehearsal/cloud/data-plane/load-balancer/target-health";

const THRESHOLDS = { healthyThreshold: 3, unhealthyThreshold: 2 };

const OUTCOMES: Record<string, CheckOutcome> = {
  ".": { kind: "passed" },
  "4": { kind: "codeMismatch", status: 404 },
  t: { kind: "timeout" },
  f: { kind: "failed" },
};

/** The health after a row of checks: one letter each. */
function healthAfter(checks: string, start: Health = FIRST_CHECKS): Health {
  return [...checks].reduce((health, check) => afterCheck(health, OUTCOMES[check]!, THRESHOLDS), start);
}

describe("rehearsal/cloud/data-plane/load-balancer/target-health: afterCheck", () => {
  const cases: [checks: string, state: string, reason: string, description: string][] = [
    ["", "initial", "Elb.InitialHealthChecking", "Initial health checks in progress"],
    ["f", "initial", "Elb.InitialHealthChecking", "Initial health checks in progress"],
    [".", "healthy", "", ""],
    ["f.", "healthy", "", ""],
    ["ff", "unhealthy", "Target.FailedHealthChecks", "Health checks failed"],
    ["f4", "unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"],
    ["4t", "unhealthy", "Target.Timeout", "Request timed out"],
    ["ttf", "unhealthy", "Target.FailedHealthChecks", "Health checks failed"],
    [".f", "healthy", "", ""],
    [".f.f", "healthy", "", ""],
    [".ff", "unhealthy", "Target.FailedHealthChecks", "Health checks failed"],
    ["ff..", "unhealthy", "Target.FailedHealthChecks", "Health checks failed"],
    ["ff..f..", "unhealthy", "Target.FailedHealthChecks", "Health checks failed"],
    ["ff...", "healthy", "", ""],
  ];
  for (const [checks, state, reason, description] of cases) {
    it(`is ${state} after "${checks}"`, () => {
      expect(healthAfter(checks)).to.include({ state, reason, description });
    });
  }

  it("does not change unused and draining targets", () => {
    expect(healthAfter("...ff", UNUSED)).to.equal(UNUSED);
    expect(healthAfter("...ff", DRAINING)).to.equal(DRAINING);
  });
});

describe("rehearsal/cloud/data-plane/load-balancer/target-health: routableOf", () => {
  const states = fc.constantFrom("initial", "healthy", "unhealthy", "unused", "draining");

  it("returns the healthy targets, else the unhealthy ones, and never others", () => {
    void fc.assert(
      fc.property(fc.array(states, { maxLength: 10 }), (given) => {
        const targets = given.map((state) => ({ health: { state: state as Health["state"] } }));
        const wanted = given.includes("healthy") ? "healthy" : "unhealthy";
        expect(routableOf(targets)).to.deep.equal(targets.filter(({ health }) => health.state === wanted));
      }),
    );
  });
});
