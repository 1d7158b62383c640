/** What a release answered to a step: a response, or the end of a command. */
export interface Answer {
  /** HTTP status; for a command 200 after exit code 0, else 500. 0 if there was no answer. */
  status: number;
  /** How a message calls the status, such as `500`, `exit code 1` or `no answer`. */
  shown: string;
  /** The values of the body by their paths, such as `items.0.id`. Names that a scenario keeps are in place of their values. */
  values: ReadonlyMap<string, Value>;
  /** What a command that failed says about it. */
  cause?: string;
}
export type Value = string | number | boolean | null;

/** The answers that a release may give at a place. */
export interface Allowed {
  /** Of the same release alone; undefined where it could not perform the step. */
  own: Answer | undefined;
  /** Of the other release alone, if it has a share in the rows. */
  other?: Answer | undefined;
  /** How the same release answers for rows that are older than the migration. */
  older?: readonly Answer[];
  /** The rows are older than the migration, and this is the other release's answer: what it does not know may be empty. */
  unknownTo?: Answer | undefined;
  /** Paths of values that differ from run to run: only their type is compared. */
  varying: ReadonlySet<string>;
  /**
   * Of requests that only the new release knows: `reads`: the old release reads what the new one wrote, and may refuse;
   * `unknown`: the old release has had to write, so only a failure counts.
   */
  newRequest?: "reads" | "unknown" | undefined;
}

/** What an answer has that no allowed one has. */
export interface Difference {
  kind: "status" | "missing" | "value";
  /** Path of the value. */
  path?: string;
  /** For people, such as `500 (alone: 201)`. */
  text: string;
}

const LENGTH = "length";
const SHOWN_CHARACTERS = 60;

/** Returns the first difference of an answer from all that are allowed; null if there is none. */
export function differenceOf(answer: Answer, allowed: Allowed): Difference | null {
  const { own, other, older = [], newRequest } = allowed;
  if (!own)
    return newRequest && other && isFailure(answer) && !isFailure(other) ? statusDifference(answer, other) : null;
  if (newRequest) {
    if (isFailure(answer) && !isFailure(own)) return statusDifference(answer, own);
    if (newRequest === "unknown" || isError(answer) || !other || isError(other)) return null;
    const difference = byValues(answer, { ...allowed, own: other, other: own });
    return difference?.kind === "value" ? difference : null;
  }
  if (answer.status === own.status) return isError(own) ? null : byValues(answer, allowed);
  const isKnown = [other, ...older].some((one) => one?.status === answer.status);
  return isError(answer) || isError(own) || !isKnown ? statusDifference(answer, own) : byValues(answer, allowed);
}

/**
 * Returns what a client of one release misses in the answer of another: an error instead of an answer, a value, or its
 * type. Other values may differ: that is why there is a new release.
 */
export function incompatibilityOf(answer: Answer, before: Answer): Difference | null {
  if (isError(before)) return null;
  if (isError(answer)) return statusDifference(answer, before);
  for (const [path, wanted] of before.values) {
    const value = answer.values.get(path);
    if (value === undefined) {
      if (listsAbove(path).length > 0) continue;
      return { kind: "missing", path, text: `has no ${path} (before: ${show(wanted)})` };
    }
    if (value === null || wanted === null || isName(value) || isName(wanted)) continue;
    if (typeof value !== typeof wanted)
      return { kind: "value", path, text: `answers ${path} ${show(value)} (before: ${show(wanted)})` };
  }
  return null;
}

/** Whether a release refused or failed. */
export const isError = ({ status }: Answer) => status === 0 || status >= 400;
const isFailure = ({ status }: Answer) => status === 0 || status >= 500;

function statusDifference(answer: Answer, own: Answer): Difference {
  return { kind: "status", text: `${answer.shown} (alone: ${own.shown})` };
}

function byValues(answer: Answer, { own, other, older = [], unknownTo, varying }: Allowed): Difference | null {
  const all = [own, other, ...older];
  for (const [path, wanted] of own!.values) {
    const mayBeEmpty = unknownTo !== undefined && !isError(unknownTo) && !unknownTo.values.has(path);
    const value = answer.values.get(path);
    if (value === undefined) {
      if (mayBeEmpty || older.some(({ values }) => !values.has(path))) continue;
      if (isPastEnd(path, answer) && isLengthAllowed(path, answer, all)) continue;
      return { kind: "missing", path, text: `has no ${path} (alone: ${show(wanted)})` };
    }
    if (value === null && mayBeEmpty) continue;
    const allowed = all.flatMap((one) => one?.values.get(path) ?? (one?.values.has(path) ? [null] : []));
    if (allowed.includes(value)) continue;
    if ((varying.has(path) || isId(path)) && allowed.some((one) => typeOf(one) === typeOf(value))) continue;
    return { kind: "value", path, text: `answers ${path} ${show(value)} (alone: ${show(wanted)})` };
  }
  return null;
}

const isName = (value: Value) => typeof value === "string" && /^\{\w+\}$/.test(value);
/** The database gives ids, with gaps that differ from run to run. */
const isId = (path: string) => /(^|\.)id$/i.test(path);
const typeOf = (value: Value) => (value === null ? "null" : typeof value);

/** Whether a path is of an item behind the last one of a list of this answer. */
function isPastEnd(path: string, answer: Answer): boolean {
  return listsAbove(path).some(({ list, index }) => {
    const length = answer.values.get(list);
    return typeof length === "number" && index >= length;
  });
}

function isLengthAllowed(path: string, answer: Answer, allowed: readonly (Answer | undefined)[]): boolean {
  return listsAbove(path).every(({ list }) => {
    const length = answer.values.get(list);
    return length === undefined || allowed.some((one) => one?.values.get(list) === length);
  });
}

function listsAbove(path: string): { list: string; index: number }[] {
  const keys = path.split(".");
  return keys.flatMap((key, at) =>
    /^\d+$/.test(key) ? [{ list: [...keys.slice(0, at), LENGTH].join("."), index: Number(key) }] : [],
  );
}

/**
 * Returns the values of a body by their paths.
 * @param body parsed JSON, or a text
 * @param kept values that the scenario keeps, by name: they differ from run to run
 */
export function valuesOf(body: unknown, kept: ReadonlyMap<string, Value>): Map<string, Value> {
  const values = new Map<string, Value>();
  const visit = (part: unknown, path: string, key: string) => {
    if (Array.isArray(part)) {
      values.set(path === "" ? LENGTH : `${path}.${LENGTH}`, part.length);
      part.forEach((item, index) => {
        visit(item, path === "" ? String(index) : `${path}.${index}`, key);
      });
    } else if (typeof part === "object" && part !== null) {
      for (const [name, value] of Object.entries(part)) visit(value, path === "" ? name : `${path}.${name}`, name);
    } else values.set(path, named(part as Value, key, kept));
  };
  visit(body, "", "");
  return values;
}

/** A kept value by its name. A small number may be the same by chance, so its key has to look like an id. */
function named(value: Value, key: string, kept: ReadonlyMap<string, Value>): Value {
  for (const [name, one] of kept) {
    const isSure = typeof value === "string" && value.length >= 8;
    if (one === value && (isSure || key === name || /id$/i.test(key))) return `{${name}}`;
  }
  return value;
}

/** Returns the paths whose values differ between answers to the same step of the same release. */
export function varyingPaths(answers: readonly (Answer | undefined)[]): Set<string> {
  const varying = new Set<string>();
  const [first, ...others] = answers;
  for (const other of others)
    for (const [path, value] of other?.values ?? []) if (first?.values.get(path) !== value) varying.add(path);
  return varying;
}

function show(value: Value): string {
  const text = JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
