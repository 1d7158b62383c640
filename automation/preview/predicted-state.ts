import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { readState, stateText } from "../../components/live/stack-state";
import { type ExportedResource, STACK_TYPE } from "../stack/exported-state";
import { nameOf } from "./change";
import { isSecret, UNKNOWN } from "./wire";

/** A resource in the state, with what else the engine writes of it. */
export interface StateResource extends ExportedResource {
  custom?: boolean;
  parent?: string;
  provider?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
  deletedWith?: string;
}

const GONE = new Set(["delete", "delete-replaced"]);
const MADE = new Set(["create", "create-replacement", "replace"]);
/** Outputs that are text whatever the type of resource is: other resources ask for these. */
const TEXTUAL = /^(id|arn|name|url)$|(Id|Arn|Name|Url)$/;
/** It has an ARN's form, which some arguments want, and is nobody's. */
const ARN = "arn:aws:planned::000000000000:";

/**
 * The state that an `up` would leave, by its preview. What is not known before the `up` gets a value that nothing else has: a preview on this state then
 * sees that it was set, and does not take it for a further change. The stack's outputs stay as they are.
 */
export function predictedState(
  resources: readonly StateResource[],
  steps: readonly StepEventMetadata[],
): StateResource[] {
  const made = new Map<string, StepEventMetadata>();
  const gone = new Set<string>();
  for (const step of steps) {
    if (step.type === STACK_TYPE) continue;
    if (MADE.has(step.op) || step.op === "update") made.set(step.urn, step);
    if (GONE.has(step.op)) gone.add(step.urn);
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

/** The same with the outputs that the stack itself would have. */
export function withStackOutputs(
  resources: readonly StateResource[],
  outputs: Record<string, unknown>,
): StateResource[] {
  return resources.map((resource) =>
    resource.type === STACK_TYPE ? { ...resource, outputs: settledOutputs(outputs, resource.outputs ?? {}) } : resource,
  );
}

/** The output `state` is text with marks of unknown values in it. */
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
  const isNew = MADE.has(op);
  return {
    ...resource,
    ...(isNew && resource.id !== undefined ? { id: `planned-${name}` } : {}),
    // An argument keeps what it is even where nobody knows it yet: it is given anew once what it asks for has a value.
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
 * Puts a value where there is none yet: the one before where the resource stays, else one of the same kind.
 * @param isNew nothing of what AWS had given it before is so any more
 */
function settled(value: unknown, before: unknown, path: string, isNew: boolean): unknown {
  if (value === UNKNOWN) return isNew ? standIn(before, path) : (before ?? standIn(before, path));
  // The engine tells no secrets.
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

/** Undefined where nobody knows what kind of value it will be: then nobody asks for it either. */
function standIn(before: unknown, path: string): unknown {
  if (before !== undefined && typeof before !== "string") return before;
  const key = path.slice(path.lastIndexOf(".") + 1);
  if (before === undefined && !TEXTUAL.test(key)) return undefined;
  return /arn$/i.test(key) || (typeof before === "string" && before.startsWith("arn:"))
    ? `${ARN}${path}`
    : `planned-${path}`;
}

/** The engine refuses a state in which something depends on what is not there. */
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
