import type { Reachability } from "../../../kernel/ports";
import type { LoadBalancerState } from "./state";

/** Whether packets from the internet arrive at a node in that subnet (E7). */
export function internetReachesNode(
  { internal }: Pick<LoadBalancerState, "internal">,
  subnetId: string,
  reachability: Pick<Reachability, "internetRoute">,
): boolean {
  return !internal && reachability.internetRoute(subnetId) === "internet-gateway";
}

/** Whether a security group lets the internet in on that port (E9). */
export function internetReachesPort(
  { settings }: Pick<LoadBalancerState, "settings">,
  port: number,
  reachability: Pick<Reachability, "allows">,
): boolean {
  return reachability.allows("internet", settings.securityGroups, port);
}
