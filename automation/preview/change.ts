import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import type { ExportedResource } from "../stack/exported-state";
import { type PropertyChange, propertyChanges } from "./property-changes";

const OPERATIONS = ["create", "update", "replace", "delete"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One resource of AWS, and what is done to it. */
export interface ChangedResource {
  operation: Operation;
  urn: string;
}

/** The same with what people want to know of it. */
export interface Change extends ChangedResource {
  /** `aws:autoscaling/group:Group` */
  type: string;
  /** Its name in the program, such as `users-green-instances`. */
  name: string;
  /** Null for what services share. */
  service: string | null;
  /** Of an update or a replacement. */
  properties: PropertyChange[];
}

/** Components that have their service's name. */
const OF_SERVICE = new Set(["aoshingo:service:Service", "aoshingo:queue:Queue"]);
const OPERATION_OF: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
};

/**
 * The engine's steps as one change for each resource of AWS; components, the stack itself and what stays the same are none. By service, those that
 * services share first, then by operation and name.
 * @param known resources of the state before: whose they are is told by who their parents are
 */
export function changesOf(
  steps: readonly StepEventMetadata[],
  known: readonly (Pick<ExportedResource, "urn" | "type"> & { parent?: string })[],
): Change[] {
  const parents = new Map([
    ...known.map(({ urn, parent }) => [urn, parent] as const),
    ...steps.flatMap(({ urn, new: next }) => (next?.parent ? [[urn, next.parent] as const] : [])),
  ]);
  const byUrn = new Map<string, StepEventMetadata[]>();
  for (const step of steps) {
    if (OPERATION_OF[step.op] === undefined || !isOfAws(step)) continue;
    byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  }
  return [...byUrn.values()].map((own) => changeOf(own, parents)).sort(inOrder);
}

function changeOf(steps: readonly StepEventMetadata[], parents: ReadonlyMap<string, string | undefined>): Change {
  const operations = steps.map(({ op }) => OPERATION_OF[op]!);
  // What a failed replacement left to be deleted has the name of its successor.
  const operation =
    operations.find((one) => one === "replace") ?? operations.find((one) => one !== "delete") ?? "delete";
  const { urn, type } = steps[0]!;
  const telling = steps.find(({ detailedDiff, diffs }) => detailedDiff || diffs) ?? steps[0]!;
  return {
    operation,
    urn,
    type,
    name: nameOf(urn),
    service: serviceOf(urn, parents),
    properties: operation === "update" || operation === "replace" ? propertyChanges(telling) : [],
  };
}

function isOfAws({ type, new: next, old }: StepEventMetadata): boolean {
  return ((next ?? old)?.custom ?? false) && !type.startsWith("pulumi:");
}

function serviceOf(urn: string, parents: ReadonlyMap<string, string | undefined>): string | null {
  for (let at: string | undefined = urn; at; at = parents.get(at)) if (OF_SERVICE.has(typeOf(at))) return nameOf(at);
  return null;
}

function inOrder(one: Change, two: Change): number {
  const rank = ({ service, operation, name }: Change) => [service ?? "", OPERATIONS.indexOf(operation), name] as const;
  const [left, right] = [rank(one), rank(two)];
  const place = left.findIndex((value, index) => value !== right[index]);
  return place === -1 ? 0 : left[place]! < right[place]! ? -1 : 1;
}

export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function typeOf(urn: string): string {
  return urn.split("::")[2]!.split("$").at(-1)!;
}

export function counted(changes: readonly Change[]): Record<Operation, number> {
  const count = (operation: Operation) => changes.filter((change) => change.operation === operation).length;
  return { create: count("create"), update: count("update"), replace: count("replace"), delete: count("delete") };
}
