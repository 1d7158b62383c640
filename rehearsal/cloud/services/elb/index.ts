import type { CloudContext } from "../../kernel/context";
import { queryProtocol } from "../../protocols/query";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { elbOperations, type FindInstance } from "./api/elb";
import { LoadBalancing, type LoadBalancingParts } from "./model/load-balancing";
import { listener } from "./provider/listener";
import { listenerCertificate } from "./provider/listener-certificate";
import { listenerRule } from "./provider/listener-rule";
import { loadBalancer } from "./provider/load-balancer";
import { targetGroup } from "./provider/target-group";

export function createElb(
  context: CloudContext,
  parts: LoadBalancingParts & { findInstance: FindInstance },
): CloudService<LoadBalancing> {
  const loadBalancing = new LoadBalancing(context, parts);
  return {
    model: loadBalancing,
    types: elbTypes(loadBalancing, parts.dataPlane.portOffset),
    apis: {
      elasticloadbalancing: { protocol: queryProtocol, operations: elbOperations(loadBalancing, parts.findInstance) },
    },
    close: () => loadBalancing.close(),
  };
}

/** `aws:lb/*` */
export function elbTypes(loadBalancing: LoadBalancing, portOffset: number): ResourceType[] {
  return [
    loadBalancer(loadBalancing),
    listener(loadBalancing, portOffset),
    listenerCertificate(loadBalancing),
    listenerRule(loadBalancing),
    targetGroup(loadBalancing),
  ];
}
