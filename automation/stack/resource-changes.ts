import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { SERVICE_TYPE } from "../../components/service/service-type";
import type { ChangedResource, Operation } from "../ports/stack";
import { type ExportedResource, nameOf, typeOf } from "./exported-state";

/** In the order in which changes are sorted. */
const OPERATIONS = ["create", "update", "replace", "delete"] as const satisfies readonly Operation[];

/** A resource of AWS that the engine changes. */
export interface ResourceChange extends ChangedResource {
  /** Such as `aws:autoscaling/group:Group`. */
  type: string;
  /** Its name in the program, such as `users-green-instances`. */
  name: string;
  /** Null for a resource that services share. */
  service: string | null;
}

/** Components that have the name of their service. */
const SERVICE_TYPES = new Set([SERVICE_TYPE, "aoshingo:queue:Queue"]);
const OPERATION_OF: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  // The stack takes over what the account has.
  import: "update",
};

/**
 * Merges the engine's steps into one change for each resource of AWS, with the steps that it consists of. Components,
 * the stack itself and unchanged resources are left out. Sorted by service (shared resources first), then by operation
 * and name.
 * @param known resources of the state before: a resource's parents tell which service it belongs to
 */
export function resourceChanges(
  steps: readonly StepEventMetadata[],
  known: readonly (Pick<ExportedResource, "urn" | "type"> & { parent?: string })[],
): { change: ResourceChange; steps: readonly StepEventMetadata[] }[] {
  const parents = new Map([
    ...known.map(({ urn, parent }) => [urn, parent] as const),
    ...steps.flatMap(({ urn, new: next }) => (next?.parent ? [[urn, next.parent] as const] : [])),
  ]);
  const byUrn = new Map<string, StepEventMetadata[]>();
  for (const step of steps) {
    if (OPERATION_OF[step.op] === undefined || !isOfAws(step)) continue;
    byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  }
  return [...byUrn.values()]
    .map((own) => ({ change: changeOf(own, parents), steps: own }))
    .sort((one, two) => compare(one.change, two.change));
}

function changeOf(
  steps: readonly StepEventMetadata[],
  parents: ReadonlyMap<string, string | undefined>,
): ResourceChange {
  const operations = steps.map(({ op }) => OPERATION_OF[op]!);
  // A resource that a failed replacement left to be deleted has the URN of its successor.
  const operation =
    operations.find((one) => one === "replace") ?? operations.find((one) => one !== "delete") ?? "delete";
  const { urn, type } = steps[0]!;
  return { operation, urn, type, name: nameOf(urn), service: serviceOf(urn, parents) };
}

/** True for a resource that a provider manages, and no component, provider or stack. */
export function isOfAws({ type, new: next, old }: StepEventMetadata): boolean {
  return ((next ?? old)?.custom ?? false) && !type.startsWith("pulumi:");
}

/**
 * Returns the service that a resource belongs to; null for one that services share.
 * @param parents by URN
 */
export function serviceOf(urn: string, parents: ReadonlyMap<string, string | undefined>): string | null {
  for (let at: string | undefined = urn; at; at = parents.get(at)) if (SERVICE_TYPES.has(typeOf(at))) return nameOf(at);
  return null;
}

function compare(one: ResourceChange, two: ResourceChange): number {
  const rank = ({ service, operation, name }: ResourceChange) =>
    [service ?? "", OPERATIONS.indexOf(operation), name] as const;
  const [left, right] = [rank(one), rank(two)];
  const place = left.findIndex((value, index) => value !== right[index]);
  return place === -1 ? 0 : left[place]! < right[place]! ? -1 : 1;
}
