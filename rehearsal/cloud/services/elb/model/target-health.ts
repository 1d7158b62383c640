import type { LoadBalancerState, TargetEntry } from "./state";

type Health = TargetEntry["health"];

/** Health that the control plane sets by itself. All other states come from the data plane (E29, E30, E37). */
export const REGISTERING: Health = {
  state: "initial",
  reason: "Elb.RegistrationInProgress",
  description: "Target registration is in progress",
};
const NOT_IN_USE: Health = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target group is not configured to receive traffic from the load balancer",
};
export const ZONE_NOT_ENABLED: Health = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target is in an Availability Zone that is not enabled for the load balancer",
};
const INVALID_STATE: Health = {
  state: "unused",
  reason: "Target.InvalidState",
  description: "Target is in the stopped or terminated state",
};
export const DRAINING: Health = {
  state: "draining",
  reason: "Target.DeregistrationInProgress",
  description: "Target deregistration is in progress",
};
export const NOT_REGISTERED: Health = {
  state: "unused",
  reason: "Target.NotRegistered",
  description: "Target is not registered to the target group",
};

/**
 * The health that the control plane knows without a health check; undefined if the data plane decides.
 * @param loadBalancer the one that uses the target group, if any
 */
export function controlPlaneHealth(
  target: TargetEntry,
  loadBalancer: LoadBalancerState | undefined,
): Health | undefined {
  if (target.draining) return DRAINING;
  if (isGone(target)) return INVALID_STATE;
  if (!loadBalancer) return NOT_IN_USE;
  return servesZone(loadBalancer, target) ? undefined : ZONE_NOT_ENABLED;
}

/** Whether the target's instance is stopped or terminated (E30). */
export function isGone({ instance }: TargetEntry): boolean {
  return instance.state === "stopped" || instance.state === "terminated";
}

/** Whether the load balancer has a node in the target's Availability Zone (E30). */
export function servesZone(loadBalancer: LoadBalancerState, target: TargetEntry): boolean {
  return loadBalancer.nodes.some((node) => node.zone === target.instance.availabilityZone);
}
