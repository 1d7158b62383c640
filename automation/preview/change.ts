import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import type { Operation } from "../ports/stack";
import { type ResourceChange, resourceChanges } from "../stack/resource-changes";
import { type PropertyChange, propertyChanges } from "./property-changes";

export type { Operation };

/** A change of one resource of AWS, as the preview shows it. */
export interface Change extends ResourceChange {
  /** Those of an update or a replacement. */
  properties: PropertyChange[];
}

/** Returns the changes that the engine's steps consist of, like `resourceChanges`, each with its properties. */
export function changesOf(...args: Parameters<typeof resourceChanges>): Change[] {
  return resourceChanges(...args).map(({ change, steps }) => ({ ...change, properties: propertiesOf(change, steps) }));
}

function propertiesOf({ operation }: ResourceChange, steps: readonly StepEventMetadata[]): PropertyChange[] {
  if (operation !== "update" && operation !== "replace") return [];
  return propertyChanges(steps.find(({ detailedDiff, diffs }) => detailedDiff || diffs) ?? steps[0]!);
}

export function counted(changes: readonly Change[]): Record<Operation, number> {
  const count = (operation: Operation) => changes.filter((change) => change.operation === operation).length;
  return { create: count("create"), update: count("update"), replace: count("replace"), delete: count("delete") };
}
