import type { OpType, StepEventMetadata } from "@pulumi/pulumi/automation";

const STACK = "urn:pulumi:prod::aoshingo::pulumi:pulumi:Stack::aoshingo-prod";

export const TYPES = {
  stack: "pulumi:pulumi:Stack",
  service: "aoshingo:service:Service",
  group: "aws:autoscaling/group:Group",
  rule: "aws:lb/listenerRule:ListenerRule",
  targetGroup: "aws:lb/targetGroup:TargetGroup",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
  record: "aws:route53/record:Record",
  task: "aws:ecs/taskDefinition:TaskDefinition",
  ecsService: "aws:ecs/service:Service",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
} as const;

export function urnOf(type: string, name: string): string {
  return type === TYPES.stack ? STACK : `urn:pulumi:prod::aoshingo::${type}::${name}`;
}

export interface StepSketch {
  op: string;
  type: string;
  name: string;
  /** URN of the parent. Default: the stack. */
  parent?: string;
  from?: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> };
  to?: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> };
}

/** Returns the engine's metadata of one step. */
export function step({
  op,
  type,
  name,
  parent = type === TYPES.stack ? "" : STACK,
  from,
  to,
}: StepSketch): StepEventMetadata {
  const urn = urnOf(type, name);
  const custom = type.startsWith("aws:");
  const side = (state: StepSketch["from"]) => ({
    ...{ type, urn, custom, id: custom ? name : "", parent, provider: custom ? "provider::1" : "" },
    ...{ inputs: {}, outputs: {}, ...state },
  });
  return {
    ...{ op: op as OpType, urn, type, provider: "" },
    diffs: Object.keys(to?.inputs ?? {}),
    ...(op.startsWith("create") && op !== "create-replacement" ? {} : { old: side(from) }),
    ...(op.startsWith("delete") ? {} : { new: side(to) }),
  };
}
