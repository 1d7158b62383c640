import type { LoadBalancing } from "../aws/load-balancing/load-balancing";
import type { ResourceType } from "../provider/resource-type";
import { listener } from "./load-balancing/listener";
import { listenerRule } from "./load-balancing/listener-rule";
import { loadBalancer } from "./load-balancing/load-balancer";
import { targetGroup } from "./load-balancing/target-group";

/** `aws:lb/*` */
export function loadBalancingResources(service: LoadBalancing): ResourceType[] {
  return [loadBalancer(service), listener(service), listenerRule(service), targetGroup(service)];
}
