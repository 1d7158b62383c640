import { isDeepStrictEqual } from "node:util";
import { parseJson } from "../../../../../components/core/parse-json";
import { AwsError } from "../../../kernel/aws-error";

type Pattern = Readonly<Record<string, unknown>>;

const INVALID = "InvalidEventPatternException";

/**
 * Parses an event pattern (W14). It knows values, `anything-but`, `exists`, `prefix` and `$or`.
 * @throws AwsError `InvalidEventPatternException`
 */
export function parsePattern(json: string): Pattern {
  const pattern = parseJson(json);
  if (!isObject(pattern)) throw new AwsError(INVALID, "Event pattern is not valid. Reason: Filter is not an object");
  check(pattern);
  return pattern;
}

/** Whether an event, or a part of it, matches. Of a list in the event one item has to match. */
export function matches(pattern: Pattern, part: unknown): boolean {
  if (Array.isArray(part)) return part.some((item) => matches(pattern, item));
  const event = isObject(part) ? part : {};
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === "$or") return (wanted as Pattern[]).some((one) => matches(one, part));
    const value = event[key];
    return Array.isArray(wanted) ? wanted.some((one) => fits(one, value)) : matches(wanted as Pattern, value);
  });
}

function fits(wanted: unknown, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => fits(wanted, item));
  if (!isObject(wanted)) return isDeepStrictEqual(wanted, value);
  if ("exists" in wanted) return (value !== undefined) === wanted.exists;
  if (value === undefined) return false;
  if ("prefix" in wanted) return typeof value === "string" && value.startsWith(String(wanted.prefix));
  return ![wanted["anything-but"]].flat().some((not) => isDeepStrictEqual(not, value));
}

function check(pattern: Pattern): void {
  for (const [key, wanted] of Object.entries(pattern)) {
    if (isObject(wanted) && key !== "$or") check(wanted);
    else if (!Array.isArray(wanted) || wanted.length === 0)
      throw new AwsError(INVALID, `Event pattern is not valid. Reason: "${key}" must be an object or an array`);
    else if (key === "$or") for (const one of wanted) check(one as Pattern);
    else for (const one of wanted) checkFilter(one);
  }
}

function checkFilter(wanted: unknown): void {
  if (!isObject(wanted)) return;
  const [filter = ""] = Object.keys(wanted);
  if (!["anything-but", "exists", "prefix"].includes(filter))
    throw new AwsError(INVALID, `Event pattern is not valid. Reason: the rehearsal cloud has no filter ${filter}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
