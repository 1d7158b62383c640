import { labelOf } from "../stack/exported-state";
import type { Change, Operation } from "./change";
import type { PropertyChange } from "./property-changes";
import { valueText } from "./value-text";

export interface ChangeLine {
  operation: Operation;
  /** 0 for a resource, 1 for one of its properties. */
  depth: number;
  text: string;
}

/** A line for each resource, and one for each of its properties that change. */
export function changeLines(changes: readonly Change[]): ChangeLine[] {
  return changes.flatMap((change) => {
    const { operation, properties } = change;
    // Where all of them replace it, the operation says so already.
    const isMixed = properties.some(({ replaces }) => !replaces);
    return [
      { operation, depth: 0, text: `${operation} ${labelOf(change)}` },
      ...properties.map((property) => ({ operation, depth: 1, text: propertyText(property, isMixed) })),
    ];
  });
}

/** `minSize 0 -> 2`, `(replaces it) port 8080 -> 9090` */
function propertyText({ path, from, to, replaces }: PropertyChange, isMixed: boolean): string {
  return `${replaces && isMixed ? "(replaces it) " : ""}${path} ${valueText(from)} -> ${valueText(to)}`;
}

/** `3 to create, 1 to replace`; `nothing` */
export function countsText(counts: Readonly<Record<Operation, number>>): string {
  const parts = (["create", "update", "replace", "delete"] as const)
    .filter((operation) => counts[operation] > 0)
    .map((operation) => `${counts[operation]} to ${operation}`);
  return parts.join(", ") || "nothing";
}
