import type { TargetEntry } from "./state";

type Health = TargetEntry["health"];

/** States that the control plane gives by itself; all others come from the data plane (E29, E30, E37). */
export const REGISTERING: Health = {
  state: "initial",
  reason: "Elb.RegistrationInProgress",
  description: "Target registration is in progress",
};
export const NOT_IN_USE: Health = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target group is not configured to receive traffic from the load balancer",
};
export const ZONE_NOT_ENABLED: Health = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target is in an Availability Zone that is not enabled for the load balancer",
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
