import {
  PolicyPack,
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { STACK_TYPE } from "../components/core/pulumi-wire";
import type { StackState } from "../components/live/outputs";
import { readState } from "../components/live/stack-state";
import type { Rule } from "./declared";
import type { Linked, StackFacts, StackRule } from "./linked";
import { RULES, STACK_RULES } from "./rules";

/*
 * The policy pack as Pulumi runs it: `pulumi preview --policy-pack policy`. The rules are in rules.ts; this file
 * connects them to the engine. The engine reports values that a preview does not know yet in an advisory line, and
 * the `up` checks them.
 */
new PolicyPack("aoshingo", {
  description: "Protects what deploys without failed requests depend on, and the security posture of the stack",
  enforcementLevel: "mandatory",
  policies: [...RULES.map(resourcePolicy), ...STACK_RULES.map(stackPolicy)],
});

function resourcePolicy({ name, description, types, check }: Rule): ResourceValidationPolicy {
  return {
    name,
    description,
    validateResource: ({ type, name: resource, props }, report) => {
      if (!types.includes(type)) return;
      for (const violation of check({ type, name: resource, inputs: props })) report(violation);
    },
  };
}

function stackPolicy({ name, description, check }: StackRule): StackValidationPolicy {
  return {
    name,
    description,
    validateStack: ({ resources }, report) => {
      const facts = factsOf(resources);
      // A run that was refused, and a destroy, have no outputs and nothing to check.
      if (!facts) return;
      const linked = link(resources);
      for (const { resource, message } of check([...linked.values()], facts)) {
        report(message, resources.find((each) => linked.get(each) === resource)?.urn);
      }
    },
  };
}

function factsOf(resources: readonly PolicyResource[]): StackFacts | null {
  const state = resources.find(({ type }) => type === STACK_TYPE)?.props?.state;
  if (typeof state !== "string") return null;
  const { immutableSettings, deletionProtection } = readState({ state }) as StackState;
  return { cutover: immutableSettings.cutover, deletionProtection };
}

function link(resources: readonly PolicyResource[]): Map<PolicyResource, Linked> {
  const linked = new Map(
    resources.map((resource) => {
      const links: Record<string, Linked[]> = {};
      return [resource, { type: resource.type, name: resource.name, inputs: resource.props, links }] as const;
    }),
  );
  for (const resource of resources) {
    const { links } = linked.get(resource)!;
    for (const [input, others] of Object.entries(resource.propertyDependencies)) {
      links[input] = others.flatMap((other) => linked.get(other) ?? []);
    }
  }
  return linked;
}
