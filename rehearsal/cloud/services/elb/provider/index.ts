import type { ResourceType } from "../../../provider/resource-type";
import type { LoadBalancing } from "../model/load-balancing";
import { listener } from "./listener";
import { listenerRule } from "./listener-rule";
import { loadBalancer } from "./load-balancer";
import { targetGroup } from "./target-group";

/** `aws:lb/*` */
export function loadBalancingResources(service: LoadBalancing): ResourceType[] {
  return [loadBalancer(service), listener(service), listenerRule(service), targetGroup(service)];
}
