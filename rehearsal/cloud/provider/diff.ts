import { isDeepStrictEqual } from "node:util";
import type { ResourceType } from "./resource-type";
import { hasUnknown, type Properties } from "./wire";

export interface ResourceDiff {
  changed: string[];
  replaces: string[];
  added: string[];
  removed: string[];
}

/** Compares arguments key by key; an unknown value counts as a change, as with the real provider. */
export function diff(
  type: ResourceType,
  oldInputs: Properties,
  newInputs: Properties,
  ignoreChanges: string[],
): ResourceDiff {
  const ignored = new Set(ignoreChanges.map((path) => path.split(/[.[]/)[0]));
  const keys = Object.keys(type.inputs.shape).filter((key) => !ignored.has(key));
  const changed = keys.filter(
    (key) => hasUnknown(newInputs[key]) || !isDeepStrictEqual(oldInputs[key], newInputs[key]),
  );
  return {
    changed,
    replaces: changed.filter((key) => type.update === undefined || type.replaceOn.includes(key)),
    added: changed.filter((key) => oldInputs[key] === undefined),
    removed: changed.filter((key) => newInputs[key] === undefined),
  };
}
