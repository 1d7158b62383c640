import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { UserError } from "../core/user-error";
import { parseVersionedText, versionedText } from "../core/versioned-text";
import type { ServiceSettings } from "../settings/settings";

/** Version of a configuration's text. */
const VERSION = 1;
/** Characters of a version id of Secrets Manager that people can compare. */
const VERSION_CHARACTERS = 8;

const secretSchema = z.strictObject({
  /** As in the settings: `ssm:<name>` or `secretsmanager:<name>`. */
  from: z.string(),
  /** The version that was the current one at the deploy: a number of SSM, an id of Secrets Manager. */
  version: z.string(),
  /** The ARN of a secret in Secrets Manager, because only that knows its last characters. Absent for a parameter of SSM. */
  arn: z.string().optional(),
  /** True if Secrets Manager changes the value by itself, so that an older version stops being valid. */
  rotates: z.boolean().optional(),
});

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
});

/** The settings of a service that a release takes along, with the versions of its secrets; never their values. */
export type Configuration = z.infer<typeof configurationSchema>;
export type SecretVersion = z.infer<typeof secretSchema>;

/** The settings of which a configuration is made. */
export type ConfiguredSettings = Pick<
  ServiceSettings,
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
>;

/**
 * The configuration that a release deployed with these settings has.
 * @param versionOf the current version of a secret, by its reference in the settings
 */
export function configurationOf(
  settings: ConfiguredSettings,
  versionOf: (reference: string) => Omit<SecretVersion, "from">,
): Configuration {
  const { port, cpu, memory, instanceType, stopTimeoutSeconds, migrate = null } = settings;
  return {
    port,
    cpu,
    memory,
    instanceType,
    stopTimeoutSeconds,
    migrate,
    env: { ...settings.env },
    secrets: Object.fromEntries(
      Object.entries(settings.secrets).map(([variable, from]) => [variable, { from, ...versionOf(from) }]),
    ),
    calls: [...settings.calls],
    sends: [...settings.sends],
    egress: settings.egress.map((rule) => ({ ...rule })),
    iam: settings.iam.map(({ actions, resources }) => ({ actions: [...actions], resources: [...resources] })),
  };
}

/** One line, because `pulumi up` prints live state. */
export function configurationText(configuration: Configuration): string {
  return versionedText(VERSION, configuration);
}

/** @throws UserError for a text that a newer program wrote */
export function parseConfiguration(text: string): Configuration {
  const { version, value } = parseVersionedText(text);
  if (version === VERSION) return configurationSchema.parse(value);
  throw new UserError(
    `a release's configuration has version ${version ?? "unknown"}, and this program reads ${VERSION}: use the version of the program that deployed it, or a newer one.`,
  );
}

/** What differs, one item each, in words of the settings and without the value of any variable. The order of lists counts as no difference. */
export function differences(before: Configuration, after: Configuration): string[] {
  const numbers = (["port", "cpu", "memory", "instanceType", "stopTimeoutSeconds"] as const).flatMap((key) =>
    before[key] === after[key] ? [] : [`${key} ${before[key]} -> ${after[key]}`],
  );
  const names = (["calls", "sends"] as const).flatMap((key) => [
    ...without(after[key], before[key]).map((name) => `${key} ${name} added`),
    ...without(before[key], after[key]).map((name) => `${key} ${name} removed`),
  ]);
  const rights = (["egress", "iam"] as const).flatMap((key) =>
    isSameSet(before[key], after[key]) ? [] : [`${key} changed`],
  );
  return [
    ...variables(before.env, after.env, (was, is) => (was === is ? null : "changed")),
    ...variables(before.secrets, after.secrets, secretDifference),
    ...numbers,
    ...(before.migrate === after.migrate ? [] : ["migrate changed"]),
    ...names,
    ...rights,
  ];
}

function variables<Value>(
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
  difference: (was: Value, is: Value) => string | null,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === undefined) return [`${name} added`];
    if (is === undefined) return [`${name} removed`];
    const text = difference(was, is);
    return text === null ? [] : [`${name} ${text}`];
  });
}

function secretDifference(was: SecretVersion, is: SecretVersion): string | null {
  if (was.from !== is.from) return `from ${was.from} to ${is.from}`;
  const [old, now] = [was, is].map(({ version }) => version.slice(0, VERSION_CHARACTERS));
  return was.version === is.version ? null : `version ${old} -> ${now}`;
}

function without(all: readonly string[], others: readonly string[]): string[] {
  return all.filter((one) => !others.includes(one));
}

function isSameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value) => other.some((its) => isDeepStrictEqual(value, its)));
}
