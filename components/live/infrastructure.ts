import { createHash } from "node:crypto";
import { parseReference } from "../core/secret-reference";
import type { ServiceSettings, Settings } from "../settings/settings";

/**
 * Digests of the settings that only `pulumi up` applies, by their path, such as `services.users.hosts`. The stack's outputs have
 * those of the last run. By the difference a deploy knows what it would have to change besides releases.
 */
export type Infrastructure = Record<string, string>;

/** Keys of the stack's settings that only `pulumi up` applies; of `notify` only a part is compared (`needsRights`). */
const STACK_SETTINGS = [
  "domain",
  "furtherDomains",
  "cutover",
  "deletionProtection",
  "containerInsights",
  "webAcl",
  "network",
  "ci",
  "testHeader",
  "databases",
] as const satisfies readonly (keyof Settings)[];

/**
 * The same of a service. Keys that a release takes along are not here; those that give it permissions are in `grants`.
 */
const SERVICE_SETTINGS = [
  "kind",
  "schedule",
  "exposure",
  "hosts",
  "paths",
  "queue",
  "internalPort",
  "healthCheck",
  "protocol",
  "deregistrationDelaySeconds",
  "streams",
  "logRetentionDays",
] as const satisfies readonly (keyof ServiceSettings)[];

const DIGITS = 6;

export function infrastructureOf(settings: Settings): Infrastructure {
  const ofStack = STACK_SETTINGS.map((key) => [key, digestOf(settings[key])]);
  const notified = settings.notify.filter(needsRights);
  const ofNotify = ["notify", digestOf(notified.length > 0 ? notified : null)];
  const ofServices = Object.entries(settings.services).flatMap(([name, service]) => {
    const applied = withoutHealthPath(service);
    return SERVICE_SETTINGS.map((key) => [`services.${name}.${key}`, digestOf(applied[key])]);
  });
  return Object.fromEntries(
    [...ofStack, ofNotify, ...ofServices].filter(([, digest]) => digest !== NOTHING && digest !== NO_MAP),
  );
}

/** A release takes the health path along; how it is asked for, only `pulumi up` applies. */
function withoutHealthPath({ healthCheck: { path: _, ...healthCheck }, ...service }: ServiceSettings) {
  return { ...service, healthCheck };
}

/**
 * Whether CI's role needs rights for a place that is notified, or jobs' alarms name it. CI gives a run a variable of its environment
 * and a token of GitHub by itself.
 */
function needsRights({ sns, webhook, slack }: Settings["notify"][number]): boolean {
  const address = webhook ?? slack;
  return sns !== undefined || (address !== undefined && parseReference(address).store !== "env");
}

/** The paths of settings that differ, in their order. */
export function changedInfrastructure(before: Infrastructure, now: Infrastructure): string[] {
  const paths = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  return paths.filter((path) => before[path] !== now[path]);
}

/** A short digest of anything that JSON can hold. */
export function digestOf(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return createHash("sha256").update(text).digest("hex").slice(0, DIGITS);
}

/** Digests of settings that are not used. They are left out, so that a stack without databases has the outputs of a program that knows none. */
const NOTHING = digestOf(null);
const NO_MAP = digestOf({});
