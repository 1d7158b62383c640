import { isDeepStrictEqual } from "node:util";
import { filledIn } from "./check";
import type { ResourceType } from "./resource-type";
import { comparable, hasUnknown, type Properties } from "./wire";

export interface ResourceDiff {
  changed: string[];
  replaces: string[];
  added: string[];
  removed: string[];
  /**
   * True if the new resource needs the name that the old one still has: the real provider deletes the old one first.
   */
  deleteBeforeReplace: boolean;
}

/** Compares arguments key by key. An unknown value counts as a change, as in the real provider. */
export function diff(
  type: ResourceType,
  oldInputs: Properties,
  newInputs: Properties,
  ignoreChanges: string[],
): ResourceDiff {
  const ignored = new Set(ignoredKeys(ignoreChanges));
  const keys = Object.keys(type.inputs.shape).filter((key) => !ignored.has(key));
  const changed = keys.filter(
    (key) => hasUnknown(newInputs[key]) || !isDeepStrictEqual(comparable(oldInputs[key]), comparable(newInputs[key])),
  );
  const replaces = changed.filter((key) => type.update === undefined || type.replaceOn.includes(key));
  return {
    changed,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && keepsGivenName(type, oldInputs, newInputs),
    added: changed.filter((key) => oldInputs[key] === undefined),
    removed: changed.filter((key) => newInputs[key] === undefined),
  };
}

/** Returns the whole arguments that the paths are in: `tags` for `tags.owner`. */
export function ignoredKeys(ignoreChanges: readonly string[]): string[] {
  return ignoreChanges.map((path) => path.split(/[.[]/)[0]!);
}

function keepsGivenName({ autoName }: ResourceType, oldInputs: Properties, newInputs: Properties): boolean {
  if (!autoName) return false;
  const isGiven = !filledIn(newInputs).includes(autoName.property);
  return isGiven && isDeepStrictEqual(oldInputs[autoName.property], newInputs[autoName.property]);
}
