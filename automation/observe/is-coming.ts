import type { ColourObservation, ObservedTarget } from "../ports/observer";

/**
 * True for a target whose health nobody can know yet. It is `initial` for the first checks only, and `unhealthy` after those: its instance is registered
 * while it boots (aws-rules A8, E29). The load balancers give it no requests meanwhile.
 */
export function isComing({ state, instanceId }: ObservedTarget, { instances }: ColourObservation): boolean {
  if (state === "initial") return true;
  return state === "unhealthy" && instances.some(({ id, isStarting }) => id === instanceId && isStarting === true);
}
