import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import type { Operation } from "../ports/stack";
import { type ResourceChange, resourceChanges } from "../stack/resource-changes";
import { type PropertyChange, propertyChanges } from "./property-changes";

export type { Operation };

/** A change of one AWS resource, as the preview shows it. */
export interface Change extends ResourceChange {
  /** The properties that change, for an update or a replacement. Otherwise empty. */
  properties: PropertyChange[];
}

/** Returns the changes that the engine's steps make, as `resourceChanges` does, each with its properties. */
export function changesOf(...args: Parameters<typeof resourceChanges>): Change[] {
  return resourceChanges(...args).map(({ change, steps }) => ({ ...change, properties: propertiesOf(change, steps) }));
}

function propertiesOf({ operation }: ResourceChange, steps: readonly StepEventMetadata[]): PropertyChange[] {
  if (operation !== "update" && operation !== "replace") return [];
  return propertyChanges(steps.find(({ detailedDiff, diffs }) => detailedDiff || diffs) ?? steps[0]!);
}

/** Counts the changes by operation. */
export function counted(changes: readonly Change[]): Record<Operation, number> {
  const count = (operation: Operation) => changes.filter((change) => change.operation === operation).length;
  return { create: count("create"), update: count("update"), replace: count("replace"), delete: count("delete") };
}
