import { isDeepStrictEqual } from "node:util";
import { Deploy, HEALTHY_WITHIN_SECONDS } from "../../components/settings/schema/deploy";

type Values = Readonly<Record<string, unknown>>;

/** Limits of a stack that hold in a rehearsal, too: a deploy compares the releases that it finds there. */
const KEPT = ["maxErrorPercent", "maxLatencyRatio"];
/** What has no sense without another key. */
const BELONG_TO: Record<string, string> = { approveWithin: "approve", rampPauseSeconds: "ramp" };
/** A rehearsal has metrics of its own. */
const OWN = "metricPeriodSeconds";

/**
 * Returns the setting `aoshingo:deploy` of a rehearsal, and what it does not try of the stack's own, in words.
 * @param own the stack's, as its file has it
 * @param given what the rehearsal asks for, in real seconds
 * @param speed AWS seconds in one real second
 */
export function rehearsedDeploy(
  own: Values,
  given: Values,
  speed: number,
): { deploy: Record<string, unknown>; notTried: string[] } {
  const kept = Object.fromEntries(KEPT.flatMap((key) => (key in own ? [[key, own[key]]] : [])));
  const deploy: Record<string, unknown> = { ...kept, ...given };
  const { healthyWithinSeconds: limit = HEALTHY_WITHIN_SECONDS } = given;
  if (typeof own.healthyWithinSeconds === "number")
    deploy.healthyWithinSeconds = (Number(limit) * own.healthyWithinSeconds) / HEALTHY_WITHIN_SECONDS;
  const defaults: Values = Deploy.parse({});
  const notTried = Object.entries(own).flatMap(([key, value]) => {
    if (KEPT.includes(key) || [OWN, "healthyWithinSeconds"].includes(key)) return [];
    const other = BELONG_TO[key];
    if (other !== undefined && !isSet(deploy[other])) return [];
    const had = key in given ? atAws(key, given[key], speed) : defaults[key];
    return isDeepStrictEqual(had, value) ? [] : [inWords(key, value, had)];
  });
  return { deploy, notTried };
}

/** Returns a value with AWS's seconds, as the stack's settings have them. */
function atAws(key: string, value: unknown, speed: number): unknown {
  return key.endsWith("Seconds") ? Math.round(Number(value) * speed * 1000) / 1000 : value;
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

function inWords(key: string, value: unknown, had: unknown): string {
  if (key === "alarms" && Array.isArray(value)) return `the alarms ${value.join(", ")}`;
  return isSet(had) ? `${key} ${textOf(value)}, it was ${textOf(had)}` : `${key} ${textOf(value)}`;
}

function textOf(value: unknown): string {
  return Array.isArray(value) && value.length === 0 ? "none" : JSON.stringify(value).replaceAll('"', "");
}
