import { createHash } from "node:crypto";
import type { ZodType } from "zod";
import { UNKNOWN } from "../../../components/core/pulumi-wire";
import type { AutoName, ResourceType } from "./resource-type";
import { hasUnknown, type Properties } from "./wire";

export interface InputProblem {
  property: string;
  reason: string;
}

/** Key of the real provider's list of the arguments that it filled in by itself. */
const DEFAULTS_KEY = "__defaults";

/**
 * Fills in defaults and the automatic name, and finds every problem: unknown arguments, values of the wrong form,
 * rules across arguments. The same seed gives the same name in preview and update.
 */
export function check(
  type: ResourceType,
  news: Properties,
  olds: Properties,
  name: string,
  randomSeed: Uint8Array,
): { inputs: Properties; problems: InputProblem[] } {
  const problems: InputProblem[] = [];
  const inputs: Properties = {};
  const filled: string[] = [];
  for (const key of Object.keys(news)) {
    if (key !== DEFAULTS_KEY && !(key in type.inputs.shape)) {
      problems.push({
        property: key,
        reason: `${type.token} has no argument "${key}" in the rehearsal cloud; known are ${known(type)}`,
      });
    }
  }
  for (const [key, schema] of Object.entries(type.inputs.shape as Record<string, ZodType>)) {
    const given = news[key];
    if (hasUnknown(given)) {
      inputs[key] = given;
      continue;
    }
    const parsed = schema.safeParse(given ?? undefined);
    if (!parsed.success) {
      for (const issue of parsed.error.issues) {
        problems.push({
          property: [key, ...issue.path].join("."),
          reason: `${issue.message}; given ${JSON.stringify(given)}`,
        });
      }
    } else if (parsed.data !== undefined) {
      inputs[key] = parsed.data;
      if (given === undefined || given === null) filled.push(key);
    }
  }
  if (type.autoName && inputs[type.autoName.property] === undefined) {
    const { property } = type.autoName;
    const kept = filledIn(olds).includes(property) ? olds[property] : undefined;
    inputs[property] = kept ?? automaticName(type.autoName, inputs, name, randomSeed);
    filled.push(property);
  }
  inputs[DEFAULTS_KEY] = filled;
  if (problems.length === 0 && type.validate && !hasUnknown(inputs)) problems.push(...type.validate(inputs));
  return { inputs, problems };
}

/** Returns the names of the arguments that `check` filled in by itself. */
export function filledIn(inputs: Properties): string[] {
  return (inputs[DEFAULTS_KEY] as string[] | undefined) ?? [];
}

/** Returns the arguments alone, as the type's operations take them. */
export function argumentsOf(inputs: Properties): Properties {
  const { [DEFAULTS_KEY]: _, ...rest } = inputs;
  return rest;
}

function automaticName(rule: AutoName, inputs: Properties, name: string, randomSeed: Uint8Array): string {
  const prefix = inputs[`${rule.property}Prefix`];
  if (prefix === UNKNOWN) return UNKNOWN;
  const suffix = createHash("sha256").update(randomSeed).update(name).digest("hex");
  if (typeof prefix === "string") return (prefix + suffix).slice(0, Math.min(rule.maxLength, prefix.length + 26));
  return `${name.slice(0, rule.maxLength - 8)}-${suffix.slice(0, 7)}`;
}

function known(type: ResourceType): string {
  return Object.keys(type.inputs.shape).sort().join(", ");
}
