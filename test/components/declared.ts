import { expect } from "chai";
import type { DeclaredResource, World } from "./world";

/** Type tokens that tests use most. */
export const GROUP = "aws:autoscaling/group:Group";
export const LISTENER = "aws:lb/listener:Listener";
export const RULE = "aws:lb/listenerRule:ListenerRule";
export const RECORD = "aws:route53/record:Record";
export const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
export const TASK = "aws:ecs/taskDefinition:TaskDefinition";
export const ECS_SERVICE = "aws:ecs/service:Service";
export const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
export const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
export const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

export function counts({ resources }: World): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { type } of resources) result[type] = (result[type] ?? 0) + 1;
  return result;
}

export function names({ resources }: World, type: string): string[] {
  return resources.filter((each) => each.type === type).map(({ name }) => name);
}

export function inputs({ resources }: World, name: string, type: string): Record<string, unknown> {
  const found = resources.find((each) => each.name === name && each.type === type);
  expect(found, `${type} ${name}`).not.to.equal(undefined);
  return found!.inputs;
}

/** Resources that differ between two worlds, as `type name`. */
export function differences(before: World, after: World): string[] {
  const [old, young] = [texts(before), texts(after)];
  return [...new Set([...old.keys(), ...young.keys()])].filter((each) => old.get(each) !== young.get(each)).sort();
}

/** Resources of the second world that the first one lacks. */
export function additions(before: World, after: World): DeclaredResource[] {
  const known = texts(before);
  return after.resources.filter((resource) => !known.has(key(resource)));
}

function texts({ resources }: World): Map<string, string> {
  return new Map(resources.map((resource) => [key(resource), JSON.stringify(resource.inputs)]));
}

function key({ type, name }: DeclaredResource): string {
  return `${type} ${name}`;
}
