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

/**
 * Compares arguments key by key. An unknown value counts as a change, as in the real provider.
 * @param olds outputs in the state
 */
export function diff(
  type: ResourceType,
  olds: Properties,
  oldInputs: Properties,
  newInputs: Properties,
  ignoreChanges: string[],
): ResourceDiff {
  const ignored = new Set([...ignoredKeys(ignoreChanges), ...notGiven(type, newInputs)]);
  const keys = Object.keys(type.inputs.shape).filter((key) => !ignored.has(key));
  const before = { ...found(type, olds), ...withKept(type, olds, oldInputs) };
  const changed = keys.filter(
    (key) => hasUnknown(newInputs[key]) || !isDeepStrictEqual(comparable(before[key]), comparable(newInputs[key])),
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

/**
 * The arguments that the state has though the program gave none: a refresh has found them. The real provider compares with these
 * outputs, where what is empty is nothing.
 */
function found({ inputs, computed }: ResourceType, olds: Properties): Properties {
  const isEmpty = (value: unknown) => !value || (Array.isArray(value) && value.length === 0);
  const isFound = (key: string) => key in inputs.shape && !computed.includes(key) && !isEmpty(olds[key]);
  return Object.fromEntries(Object.entries(olds).filter(([key]) => isFound(key)));
}

/** Returns the inputs with what the state has of those that are Optional and Computed and not given (aws-rules U3). */
export function withKept(type: ResourceType, olds: Properties, inputs: Properties): Properties {
  const kept = notGiven(type, inputs).filter((key) => olds[key] !== undefined);
  return { ...inputs, ...Object.fromEntries(kept.map((key) => [key, olds[key]])) };
}

/**
 * Returns the inputs of an update: without those that are Optional and Computed and not given, and with what the state has
 * where a default is filled in for one. AWS is asked only for what differs (aws-rules U2).
 */
export function ofUpdate(type: ResourceType, olds: Properties, inputs: Properties): Properties {
  const kept = withKept(type, olds, inputs);
  return Object.fromEntries(Object.keys(inputs).map((key) => [key, kept[key]]));
}

/** The inputs that are Optional and Computed and that the program does not give: a default is for a new resource only. */
function notGiven({ optionalComputed }: ResourceType, inputs: Properties): string[] {
  const filled = filledIn(inputs);
  return optionalComputed.filter((key) => inputs[key] === undefined || filled.includes(key));
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
