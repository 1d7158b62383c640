import { isDeepStrictEqual } from "node:util";
import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { UNKNOWN } from "../../components/core/pulumi-wire";
import { isSecret } from "./wire";

/** Shown for a value that is unknown before the change is made, such as the ARN of a new resource. */
export const KNOWN_AFTER = "(known after)";
const SECRET = "[secret]";

/** A change of one property of a resource. */
export interface PropertyChange {
  /** `minSize`, `containerDefinitions[users].image`, `actions[0].forward.targetGroups[users-bb-1a2b].weight` */
  path: string;
  /** Absent if there was no value; `[secret]` for a secret, `(known after)` for a value that is not known yet. */
  from?: unknown;
  /** Absent if there will be no value. */
  to?: unknown;
  /** True if the property cannot change in place, so that the resource is replaced. */
  replaces: boolean;
}

/** Properties that identify an element of a list, whatever the order of the list. */
const IDENTIFYING = ["name", "key", "arn"] as const;

type Diff = Pick<StepEventMetadata, "old" | "new" | "keys" | "diffs" | "detailedDiff">;

/** Returns the properties that change, as deep as possible: also inside text that is JSON. */
export function propertyChanges({ old, new: next, keys = [], diffs = [], detailedDiff = {} }: Diff): PropertyChange[] {
  const detailed = Object.entries(detailedDiff ?? {});
  const replacing = new Set([
    ...(keys ?? []),
    ...detailed.flatMap(([path, { diffKind }]) => (diffKind.endsWith("-replace") ? [inputOf(path)] : [])),
  ]);
  const changed = detailed.length > 0 ? detailed.map(([path]) => inputOf(path)) : [...(diffs ?? []), ...replacing];
  return [...new Set(changed)].flatMap((name) => {
    const [from, to] = [old?.inputs[name], next?.inputs[name]];
    const found = compared(name, plain(from), plain(to));
    // The inputs are the same: the value was changed outside Pulumi, or is computed.
    const shown = found.length > 0 ? found : [leaf(name, plain(old?.outputs[name] ?? from), plain(to))];
    return shown.map((change) => ({ ...change, replaces: replacing.has(name) }));
  });
}

type Found = Omit<PropertyChange, "replaces">;

function compared(path: string, from: unknown, to: unknown): Found[] {
  if (isDeepStrictEqual(from, to)) return [];
  const [before, after] = [parsed(from), parsed(to)];
  if (Array.isArray(before) && Array.isArray(after)) {
    const [left, right] = [byIdentity(before), byIdentity(after)];
    // The only element has another identity now, such as the target of an alias.
    const isOther =
      before.length === 1 &&
      after.length === 1 &&
      !isNamedValue(before[0]) &&
      identityOf(before[0]) !== identityOf(after[0]);
    return left && right && !isOther
      ? comparedKeys(path, left, right, (key) => `[${key}]`)
      : comparedKeys(path, { ...before }, { ...after }, (index) => `[${index}]`);
  }
  if (isObject(before) && isObject(after)) return comparedKeys(path, before, after, (key) => `.${key}`);
  return [leaf(path, from, to)];
}

function comparedKeys(
  path: string,
  from: Record<string, unknown>,
  to: Record<string, unknown>,
  suffix: (key: string) => string,
): Found[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) =>
    compared(`${path}${suffix(key)}`, from[key], to[key]),
  );
}

function leaf(path: string, from: unknown, to: unknown): Found {
  return { path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Returns the elements by identity; null unless each element has an identity of its own. */
function byIdentity(list: readonly unknown[]): Record<string, unknown> | null {
  const keys = list.map(identityOf);
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return null;
  return Object.fromEntries(list.map((element, index) => [keys[index]!, element]));
}

function identityOf(element: unknown): string | undefined {
  const property = isObject(element) && IDENTIFYING.find((name) => typeof element[name] === "string");
  return property ? nameInArn(element[property] as string) : undefined;
}

/** True for a variable, a secret, a tag or a container: with another name it is another element. */
function isNamedValue(element: unknown): boolean {
  return isObject(element) && ("value" in element || "valueFrom" in element || "image" in element);
}

/** Returns `users-bb-1a2b` for `arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/users-bb-1a2b/0123`. */
function nameInArn(text: string): string {
  if (!text.startsWith("arn:")) return text;
  const [, name, last] = text.split("/");
  return name ?? last ?? text;
}

/** Parses text that is a JSON object or list; returns any other value as it is. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Replaces secrets and unknown values by the texts that are shown for them. */
function plain(value: unknown): unknown {
  if (value === UNKNOWN) return KNOWN_AFTER;
  if (isSecret(value)) return SECRET;
  if (Array.isArray(value)) return value.map(plain);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inputOf(path: string): string {
  return path.split(/[.[]/)[0]!;
}
