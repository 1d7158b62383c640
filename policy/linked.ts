import type { Declared } from "./declared";

/** A resource with its links to other resources of the stack. */
export interface Linked extends Declared {
  /**
   * By input, the resources whose outputs the input is made of. In a preview they are known even where those outputs
   * are not.
   */
  links: Readonly<Record<string, readonly Linked[]>>;
}

/** Settings of the stack that rules depend on, from the stack's outputs. */
export interface StackFacts {
  cutover: "routed" | "dns";
  deletionProtection: boolean;
}

export interface Violation {
  resource: Linked;
  message: string;
}

/** A rule for all resources of a stack together. */
export interface StackRule {
  name: string;
  description: string;
  check(resources: readonly Linked[], facts: StackFacts): Violation[];
}

export const TYPES = {
  loadBalancer: "aws:lb/loadBalancer:LoadBalancer",
  listener: "aws:lb/listener:Listener",
  rule: "aws:lb/listenerRule:ListenerRule",
  targetGroup: "aws:lb/targetGroup:TargetGroup",
  instances: "aws:autoscaling/group:Group",
  database: "aws:rds/instance:Instance",
  cluster: "aws:ecs/cluster:Cluster",
  service: "aws:ecs/service:Service",
  taskDefinition: "aws:ecs/taskDefinition:TaskDefinition",
  schedule: "aws:scheduler/schedule:Schedule",
};

export function ofType(resources: readonly Linked[], type: keyof typeof TYPES): Linked[] {
  return resources.filter((resource) => resource.type === TYPES[type]);
}
