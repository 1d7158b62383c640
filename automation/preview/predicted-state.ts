import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { STACK_TYPE, UNKNOWN } from "../../components/core/pulumi-wire";
import { readState, stateText } from "../../components/live/stack-state";
import { type ExportedResource, nameOf } from "../stack/exported-state";
import { isSecret } from "./wire";

/** A resource in the state, with more of the fields that the engine writes. */
export interface StateResource extends ExportedResource {
  custom?: boolean;
  parent?: string;
  provider?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
  deletedWith?: string;
}

const DELETING = new Set(["delete", "delete-replaced"]);
const CREATING = new Set(["create", "create-replacement", "replace"]);
/** Names of outputs that are text for each type of resource. Other resources use them as inputs. */
const TEXTUAL = /^(id|arn|name|url)$|(Id|Arn|Name|Url)$/;
/** Prefix of a stand-in for an ARN. It has the form of an ARN, which some inputs require, and belongs to no account. */
const ARN = "arn:aws:planned::000000000000:";

/**
 * Returns the state that an `up` would leave, from the steps of its preview. A value that is unknown before the `up`
 * gets a unique stand-in, so that a preview based on this state does not report it as another change. The stack's
 * outputs stay as they are.
 */
export function predictedState(
  resources: readonly StateResource[],
  steps: readonly StepEventMetadata[],
): StateResource[] {
  const made = new Map<string, StepEventMetadata>();
  const gone = new Set<string>();
  for (const step of steps) {
    if (step.type === STACK_TYPE) continue;
    if (CREATING.has(step.op) || step.op === "update") made.set(step.urn, step);
    if (DELETING.has(step.op)) gone.add(step.urn);
  }
  const kept = resources.flatMap((resource) => {
    const step = made.get(resource.urn);
    made.delete(resource.urn);
    if (step) return [changed(resource, step)];
    return gone.has(resource.urn) ? [] : [resource];
  });
  const all = [...kept, ...[...made.values()].map(created)];
  const there = new Set(all.map(({ urn }) => urn));
  return all.map((resource) => withoutGone(resource, there));
}

/** Returns the resources with the outputs that the stack itself would have. */
export function withStackOutputs(
  resources: readonly StateResource[],
  outputs: Record<string, unknown>,
): StateResource[] {
  return resources.map((resource) =>
    resource.type === STACK_TYPE ? { ...resource, outputs: settledOutputs(outputs, resource.outputs ?? {}) } : resource,
  );
}

/** Replaces unknown values in the stack's outputs, also inside the output `state`, which is text. */
function settledOutputs(
  { state, ...others }: Record<string, unknown>,
  before: Record<string, unknown>,
): Record<string, unknown> {
  const known = settled(others, before, "stack", true) as Record<string, unknown>;
  if (typeof state !== "string") return known;
  return { ...known, state: stateText(settled(readState({ state }), readState(before), "stack", true)) };
}

function changed(resource: StateResource, { op, new: next }: StepEventMetadata): StateResource {
  const name = nameOf(resource.urn);
  const isNew = CREATING.has(op);
  return {
    ...resource,
    ...(isNew && resource.id !== undefined ? { id: `planned-${name}` } : {}),
    // An input that is unknown keeps its value: it is computed again once its source has a value.
    inputs: settled(next?.inputs ?? {}, resource.inputs, name, false) as Record<string, unknown>,
    outputs: settled(next?.outputs ?? {}, resource.outputs, name, isNew) as Record<string, unknown>,
  };
}

function created({ urn, type, new: next }: StepEventMetadata): StateResource {
  const name = nameOf(urn);
  const isCustom = next?.custom ?? false;
  return {
    urn,
    type,
    custom: isCustom,
    ...(isCustom ? { id: `planned-${name}` } : {}),
    ...(next?.parent ? { parent: next.parent } : {}),
    ...(isCustom && next?.provider ? { provider: next.provider } : {}),
    inputs: settled(next?.inputs ?? {}, undefined, name, true) as Record<string, unknown>,
    outputs: settled(next?.outputs ?? {}, undefined, name, true) as Record<string, unknown>,
  };
}

/**
 * Replaces unknown values: with the value before if the resource stays, else with a stand-in of the same type.
 * @param isNew the resource is created or replaced, so that what AWS assigned before is no longer true
 */
function settled(value: unknown, before: unknown, path: string, isNew: boolean): unknown {
  if (value === UNKNOWN) return isNew ? standIn(before, path) : (before ?? standIn(before, path));
  // The engine's events do not contain secrets.
  if (isSecret(value)) return before ?? "[secret]";
  if (Array.isArray(value)) {
    const list = Array.isArray(before) ? before : [];
    return value.map((inner, index) => settled(inner, list[index], `${path}-${index}`, isNew));
  }
  if (typeof value === "object" && value !== null) {
    const old = (typeof before === "object" && before !== null ? before : {}) as Record<string, unknown>;
    const entries = Object.entries(value).map(([key, inner]) => [
      key,
      settled(inner, old[key], `${path}.${key}`, isNew),
    ]);
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
  }
  return value;
}

/** Returns a stand-in for an unknown value; undefined if its type is unknown: then no resource uses it as an input. */
function standIn(before: unknown, path: string): unknown {
  if (before !== undefined && typeof before !== "string") return before;
  const key = path.slice(path.lastIndexOf(".") + 1);
  if (before === undefined && !TEXTUAL.test(key)) return undefined;
  return /arn$/i.test(key) || (typeof before === "string" && before.startsWith("arn:"))
    ? `${ARN}${path}`
    : `planned-${path}`;
}

/** Removes dependencies on resources that are gone. The engine refuses a state that has any. */
function withoutGone(resource: StateResource, there: ReadonlySet<string>): StateResource {
  const isThere = (urn: string) => there.has(urn);
  const { dependencies, propertyDependencies, deletedWith } = resource;
  return {
    ...resource,
    ...(dependencies ? { dependencies: dependencies.filter(isThere) } : {}),
    ...(propertyDependencies
      ? {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([name, urns]) => [name, (urns ?? []).filter(isThere)]),
          ),
        }
      : {}),
    ...(deletedWith && !isThere(deletedWith) ? { deletedWith: undefined } : {}),
  };
}
