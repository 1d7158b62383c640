import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { UserError } from "../core/user-error";
import { parseVersionedText, versionedText } from "../core/versioned-text";
import type { ServiceSettings } from "../settings/settings";
import { releaseSidecars, sidecarDifferences, sidecarSchema } from "./sidecars";
import { type SecretVersion, secretSchema, secretVersions, variableDifferences } from "./variables";

/** Version of a configuration's text. */
const VERSION = 1;
/** Version of the text of a configuration with sidecars, which older programs do not know. */
const SIDECARS_VERSION = 2;
/** Version of the text of a configuration with ECS Exec, which programs that know sidecars may not know. */
const EXEC_VERSION = 3;
/** Version of the text of a configuration with a database, which programs that know ECS Exec may not know. */
const DATABASE_VERSION = 4;
/** Version of the text of a configuration with a health path, which programs that know databases may not know. */
const HEALTH_VERSION = 5;
const VERSIONS: readonly unknown[] = [VERSION, SIDECARS_VERSION, EXEC_VERSION, DATABASE_VERSION, HEALTH_VERSION];
const configurationSchema = z.strictObject({
  port: z.int(),
  cpu: z.int(),
  memory: z.int(),
  instanceType: z.string(),
  stopTimeoutSeconds: z.number(),
  migrate: z.string().nullable(),
  env: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), secretSchema),
  calls: z.array(z.string()),
  sends: z.array(z.string()),
  egress: z.array(z.strictObject({ port: z.int(), cidr: z.string().optional(), securityGroup: z.string().optional() })),
  iam: z.array(z.strictObject({ actions: z.array(z.string()), resources: z.array(z.string()) })),
  /** By name; absent without any. */
  sidecars: z.record(z.string(), sidecarSchema).optional(),
  /** Whether ECS Exec reaches its tasks; absent if not. */
  exec: z.literal(true).optional(),
  /** The database that it uses; absent without one. */
  uses: z.array(z.string()).optional(),
  /**
   * What the load balancers ask of an api; how often and how patiently is the stack's business. Absent for other kinds, and
   * in releases of older programs, which keep the path that they were asked for last.
   */
  healthCheck: z.strictObject({ path: z.string() }).optional(),
});

/** The settings of a service that a release takes along, with the versions of its secrets; never their values. */
export type Configuration = z.infer<typeof configurationSchema>;
export type { SecretVersion };

/** The settings of which a configuration is made. */
export type ConfiguredSettings = Pick<
  ServiceSettings,
  | "kind"
  | "port"
  | "cpu"
  | "memory"
  | "instanceType"
  | "stopTimeoutSeconds"
  | "migrate"
  | "env"
  | "secrets"
  | "calls"
  | "sends"
  | "egress"
  | "iam"
  | "sidecars"
  | "exec"
  | "uses"
  | "healthCheck"
>;

/**
 * The configuration that a release deployed with these settings has.
 * @param versionOf the current version of a secret, by its reference in the settings
 * @param sidecarImage the image of a sidecar by digest, by its name and its reference in the settings
 */
export function configurationOf(
  settings: ConfiguredSettings,
  versionOf: (reference: string) => Omit<SecretVersion, "from">,
  sidecarImage: (sidecar: string, from: string) => string,
): Configuration {
  const sidecars = releaseSidecars(settings.sidecars, versionOf, sidecarImage);
  const { kind, port, cpu, memory, instanceType, stopTimeoutSeconds, migrate = null } = settings;
  return {
    port,
    cpu,
    memory,
    instanceType,
    stopTimeoutSeconds,
    migrate,
    env: { ...settings.env },
    secrets: secretVersions(settings.secrets, versionOf),
    calls: [...settings.calls],
    sends: [...settings.sends],
    egress: settings.egress.map((rule) => ({ ...rule })),
    iam: settings.iam.map(({ actions, resources }) => ({ actions: [...actions], resources: [...resources] })),
    ...(Object.keys(sidecars).length === 0 ? {} : { sidecars }),
    ...(settings.exec ? { exec: true } : {}),
    ...(settings.uses.length === 0 ? {} : { uses: [...settings.uses] }),
    ...(kind === "api" ? { healthCheck: { path: settings.healthCheck.path } } : {}),
  };
}

/** One line, because `pulumi up` prints live state. */
export function configurationText(configuration: Configuration): string {
  return versionedText(versionOf(configuration), configuration);
}

/** The version of the oldest programs that know all that is in it. */
function versionOf({ healthCheck, uses, exec, sidecars }: Configuration): number {
  if (healthCheck) return HEALTH_VERSION;
  if (uses) return DATABASE_VERSION;
  if (exec) return EXEC_VERSION;
  return sidecars ? SIDECARS_VERSION : VERSION;
}

/** @throws UserError for a text that a newer program wrote */
export function parseConfiguration(text: string): Configuration {
  const { version, value } = parseVersionedText(text);
  if (VERSIONS.includes(version)) return configurationSchema.parse(value);
  throw new UserError(
    `a release's configuration has version ${version ?? "unknown"}, and this program reads up to ${HEALTH_VERSION}: use the version of the program that deployed it, or a newer one.`,
  );
}

/** What differs, one item each, in words of the settings and without the value of any variable. The order of lists counts as no difference. */
export function differences(before: Configuration, after: Configuration): string[] {
  const numbers = (["port", "cpu", "memory", "instanceType", "stopTimeoutSeconds"] as const).flatMap((key) =>
    before[key] === after[key] ? [] : [`${key} ${before[key]} -> ${after[key]}`],
  );
  const names = (["calls", "sends", "uses"] as const).flatMap((key) => {
    const [was, is] = [before[key] ?? [], after[key] ?? []];
    return [
      ...without(is, was).map((name) => `${key} ${name} added`),
      ...without(was, is).map((name) => `${key} ${name} removed`),
    ];
  });
  const rights = (["egress", "iam"] as const).flatMap((key) =>
    isSameSet(before[key], after[key]) ? [] : [`${key} changed`],
  );
  return [
    ...variableDifferences(before, after),
    ...sidecarDifferences(before.sidecars, after.sidecars),
    ...numbers,
    ...(before.migrate === after.migrate ? [] : ["migrate changed"]),
    ...healthPathDifference(before, after),
    ...(before.exec === after.exec ? [] : [`exec ${onOrOff(before.exec)} -> ${onOrOff(after.exec)}`]),
    ...names,
    ...rights,
  ];
}

/** None to or from a configuration of an older program, which does not say the path: `withAskedPath` adds it where it is known. */
function healthPathDifference({ healthCheck: before }: Configuration, { healthCheck: after }: Configuration): string[] {
  if (!before || !after || before.path === after.path) return [];
  return [`healthCheck.path ${before.path} -> ${after.path}`];
}

function onOrOff(value: boolean | undefined): string {
  return value ? "on" : "off";
}

function without(all: readonly string[], others: readonly string[]): string[] {
  return all.filter((one) => !others.includes(one));
}

function isSameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value) => other.some((its) => isDeepStrictEqual(value, its)));
}
