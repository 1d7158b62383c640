import { isDeepStrictEqual } from "node:util";
import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { isSecret, UNKNOWN } from "./wire";

/** Stands for a value that nobody can know before the change is made: the ARN of something new, say. */
export const KNOWN_AFTER = "(known after)";
const SECRET = "[secret]";

/** What of a resource's arguments changes. */
export interface PropertyChange {
  /** `minSize`, `containerDefinitions[users].image`, `actions[0].forward.targetGroups[users-bb-1a2b].weight` */
  path: string;
  /** Absent where there was none; `[secret]` for a secret, `(known after)` for what is not known yet. */
  from?: unknown;
  /** Absent where there will be none. */
  to?: unknown;
  /** It cannot change in place: the resource is replaced for it. */
  replaces: boolean;
}

/** One of these tells the elements of a list apart, whatever their order. */
const IDENTIFYING = ["name", "key", "arn"] as const;

type Diff = Pick<StepEventMetadata, "old" | "new" | "keys" | "diffs" | "detailedDiff">;

/** What changes, as deep as it can be told; text that is JSON is looked into, too. */
export function propertyChanges({ old, new: next, keys = [], diffs = [], detailedDiff = {} }: Diff): PropertyChange[] {
  const detailed = Object.entries(detailedDiff ?? {});
  const replacing = new Set([
    ...(keys ?? []),
    ...detailed.flatMap(([path, { diffKind }]) => (diffKind.endsWith("-replace") ? [argumentOf(path)] : [])),
  ]);
  const changed = detailed.length > 0 ? detailed.map(([path]) => argumentOf(path)) : [...(diffs ?? []), ...replacing];
  return [...new Set(changed)].flatMap((name) => {
    const [from, to] = [old?.inputs[name], next?.inputs[name]];
    const found = compared(name, plain(from), plain(to));
    // The arguments are the same: what AWS has was changed by somebody else, or is computed.
    const shown = found.length > 0 ? found : [leaf(name, plain(old?.outputs[name] ?? from), plain(to))];
    return shown.map((change) => ({ ...change, replaces: replacing.has(name) }));
  });
}

type Found = Omit<PropertyChange, "replaces">;

function compared(path: string, from: unknown, to: unknown): Found[] {
  if (isDeepStrictEqual(from, to)) return [];
  const [before, after] = [opened(from), opened(to)];
  if (Array.isArray(before) && Array.isArray(after)) {
    const [left, right] = [byIdentity(before), byIdentity(after)];
    // The only one got another identity: where an alias leads, say.
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

/** Null unless every element has an identity of its own. */
function byIdentity(list: readonly unknown[]): Record<string, unknown> | null {
  const keys = list.map(identityOf);
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return null;
  return Object.fromEntries(list.map((element, index) => [keys[index]!, element]));
}

function identityOf(element: unknown): string | undefined {
  const property = isObject(element) && IDENTIFYING.find((name) => typeof element[name] === "string");
  return property ? lastOfArn(element[property] as string) : undefined;
}

/** A variable, a secret or a tag: with another name it is another one. */
function isNamedValue(element: unknown): boolean {
  return isObject(element) && ("value" in element || "valueFrom" in element || "image" in element);
}

/** `arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/users-bb-1a2b/0123` is `users-bb-1a2b`. */
function lastOfArn(text: string): string {
  if (!text.startsWith("arn:")) return text;
  const [, name, last] = text.split("/");
  return name ?? last ?? text;
}

function opened(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Without secrets, and with words for what is unknown. */
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

function argumentOf(path: string): string {
  return path.split(/[.[]/)[0]!;
}
