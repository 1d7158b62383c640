import { labelOf } from "../stack/exported-state";
import type { Change, Operation } from "./change";
import type { PropertyChange } from "./property-changes";

/** Longer values are cut. `--json` has them whole. */
const MAX_CHARACTERS = 60;

export interface ChangeLine {
  operation: Operation;
  /** 0 for a resource, 1 for one of its properties. */
  depth: number;
  text: string;
}

/** Returns a line for each resource, followed by a line for each of its properties that change. */
export function changeLines(changes: readonly Change[]): ChangeLine[] {
  return changes.flatMap((change) => {
    const { operation, properties } = change;
    // If all properties replace the resource, the operation says so already.
    const isMixed = properties.some(({ replaces }) => !replaces);
    return [
      { operation, depth: 0, text: `${operation} ${labelOf(change)}` },
      ...properties.map((property) => ({ operation, depth: 1, text: propertyText(property, isMixed) })),
    ];
  });
}

/** Returns a text such as `minSize 0 -> 2` or `(replaces it) port 8080 -> 9090`. */
function propertyText({ path, from, to, replaces }: PropertyChange, isMixed: boolean): string {
  return `${replaces && isMixed ? "(replaces it) " : ""}${path} ${valueText(from)} -> ${valueText(to)}`;
}

/**
 * Returns a property's value as one short line, for people. Account ids are removed from ARNs: they say nothing, and
 * many people can read a report.
 */
export function valueText(value: unknown): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  const line = text.replace(/arn:[\w-]+:[\w-]*:[\w-]*:[\w-]*:/g, "").replace(/\s+/g, " ");
  const short = /sha256:[0-9a-f]{12}/.test(line) ? line.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/g, "$1…") : line;
  return short.length <= MAX_CHARACTERS ? short : `${short.slice(0, MAX_CHARACTERS - 1)}…`;
}

/** Returns a text such as `3 to create, 1 to replace`, or `nothing`. */
export function countsText(counts: Readonly<Record<Operation, number>>): string {
  const parts = (["create", "update", "replace", "delete"] as const)
    .filter((operation) => counts[operation] > 0)
    .map((operation) => `${counts[operation]} to ${operation}`);
  return parts.join(", ") || "nothing";
}
