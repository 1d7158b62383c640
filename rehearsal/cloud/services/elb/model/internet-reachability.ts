import type { Reachability } from "../../../kernel/ports";
import type { LoadBalancerState } from "./state";

/** Whether clients on the internet can reach a node in that subnet (E7). */
export function internetReachesNode(
  { internal }: Pick<LoadBalancerState, "internal">,
  subnetId: string,
  reachability: Pick<Reachability, "internetRoute">,
): boolean {
  return !internal && reachability.internetRoute(subnetId) === "internet-gateway";
}

/** Whether a security group allows clients on the internet to connect to that port (E9). */
export function internetReachesPort(
  { settings }: Pick<LoadBalancerState, "settings">,
  port: number,
  reachability: Pick<Reachability, "allows">,
): boolean {
  return reachability.allows("internet", settings.securityGroups, port);
}
