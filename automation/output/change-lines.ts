import { labelOf } from "../leftovers/exported-state";
import type { Change, Operation } from "../preview/change";
import type { PropertyChange } from "../preview/property-changes";
import { valueText } from "./value-text";

export interface ChangeLine {
  operation: Operation;
  /** 0 for a resource, 1 for one of its properties. */
  depth: number;
  text: string;
}

/** A line for each resource, and one for each of its properties that change. */
export function changeLines(changes: readonly Change[]): ChangeLine[] {
  return changes.flatMap((change) => [
    { operation: change.operation, depth: 0, text: `${change.operation} ${labelOf(change)}` },
    ...change.properties.map((property) => ({
      operation: change.operation,
      depth: 1,
      text: propertyText(property),
    })),
  ]);
}

/** `minSize 0 -> 2`, `port 8080 -> 9090, which replaces it` */
function propertyText({ path, from, to, replaces }: PropertyChange): string {
  const values = `${valueText(from)} -> ${valueText(to)}`;
  return `${path} ${values}${replaces ? ", which replaces it" : ""}`;
}

/** `3 to create, 1 to replace`; `nothing` */
export function countsText(counts: Readonly<Record<Operation, number>>): string {
  const parts = (["create", "update", "replace", "delete"] as const)
    .filter((operation) => counts[operation] > 0)
    .map((operation) => `${counts[operation]} to ${operation}`);
  return parts.join(", ") || "nothing";
}
