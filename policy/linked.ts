import type { Declared } from "./declared";

/** A resource among all others of its stack. */
export interface Linked extends Declared {
  /** By input: the resources whose outputs it is made of. Known in a preview, too, when those outputs are not. */
  links: Readonly<Record<string, readonly Linked[]>>;
}

/** What the stack's settings say, as the program tells it by its outputs. */
export interface StackFacts {
  cutover: "routed" | "dns";
  deletionProtection: boolean;
}

export interface Violation {
  resource: Linked;
  message: string;
}

/** One rule over all resources of a stack together. */
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
};

export function ofType(resources: readonly Linked[], type: keyof typeof TYPES): Linked[] {
  return resources.filter((resource) => resource.type === TYPES[type]);
}
