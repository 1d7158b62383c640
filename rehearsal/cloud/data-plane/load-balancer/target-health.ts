import type { HealthCheckConfig, TargetState } from "./types";

/** The result of one health check. */
export type CheckOutcome =
  | { kind: "passed" }
  | { kind: "codeMismatch"; status: number }
  | { kind: "timeout" }
  /** Refused, reset or not HTTP. */
  | { kind: "failed" };

/** A target's health as ELB reports it, and the counts towards the next state. Immutable. */
export interface Health {
  state: TargetState;
  reason: string;
  description: string;
  /** Checks passed in a row. */
  passes: number;
  /** Checks failed in a row. */
  failures: number;
}

export type Thresholds = Pick<HealthCheckConfig, "healthyThreshold" | "unhealthyThreshold">;

const none = { passes: 0, failures: 0 };

export const REGISTERING: Health = {
  state: "initial",
  reason: "Elb.RegistrationInProgress",
  description: "Target registration is in progress",
  ...none,
};
export const FIRST_CHECKS: Health = {
  state: "initial",
  reason: "Elb.InitialHealthChecking",
  description: "Initial health checks in progress",
  ...none,
};
export const UNUSED: Health = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target group is not configured to receive traffic from the load balancer",
  ...none,
};
export const DRAINING: Health = {
  state: "draining",
  reason: "Target.DeregistrationInProgress",
  description: "Target deregistration is in progress",
  ...none,
};
const HEALTHY: Health = { state: "healthy", reason: "", description: "", ...none };

/**
 * Returns the health after one more check (aws-rules E29). A new target becomes healthy with its first passed check, an
 * unhealthy one after the full healthy threshold. New and healthy targets become unhealthy after the full unhealthy
 * threshold.
 */
export function afterCheck(health: Health, outcome: CheckOutcome, thresholds: Thresholds): Health {
  if (health.state === "unused" || health.state === "draining") return health;
  return outcome.kind === "passed" ? afterPass(health, thresholds) : afterFailure(health, outcome, thresholds);
}

function afterPass(health: Health, { healthyThreshold }: Thresholds): Health {
  const passes = health.passes + 1;
  const healthy = health.state !== "unhealthy" || passes >= healthyThreshold;
  return healthy ? { ...HEALTHY, passes } : { ...health, passes, failures: 0 };
}

function afterFailure(
  health: Health,
  outcome: Exclude<CheckOutcome, { kind: "passed" }>,
  { unhealthyThreshold }: Thresholds,
): Health {
  const failures = health.failures + 1;
  const unhealthy = health.state === "unhealthy" || failures >= unhealthyThreshold;
  if (!unhealthy) return { ...health, passes: 0, failures };
  return { state: "unhealthy", ...wording(outcome), passes: 0, failures };
}

function wording(outcome: Exclude<CheckOutcome, { kind: "passed" }>): { reason: string; description: string } {
  switch (outcome.kind) {
    case "codeMismatch":
      return {
        reason: "Target.ResponseCodeMismatch",
        description: `Health checks failed with these codes: [${outcome.status}]`,
      };
    case "timeout":
      return { reason: "Target.Timeout", description: "Request timed out" };
    case "failed":
      return { reason: "Target.FailedHealthChecks", description: "Health checks failed" };
  }
}
