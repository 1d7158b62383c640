import { z } from "zod";
import { mapValues } from "../core/map-values";

/** Characters of a version id of Secrets Manager that people can compare. */
const VERSION_CHARACTERS = 8;

export const secretSchema = z.strictObject({
  /** As in the settings: `ssm:<name>` or `secretsmanager:<name>`. */
  from: z.string(),
  /** The version that was the current one at the deploy: a number of SSM, an id of Secrets Manager. */
  version: z.string(),
  /** The ARN of a secret in Secrets Manager, because only that knows its last characters. Absent for a parameter of SSM. */
  arn: z.string().optional(),
  /** True if Secrets Manager changes the value by itself, so that an older version stops being valid. */
  rotates: z.boolean().optional(),
});

export type SecretVersion = z.infer<typeof secretSchema>;

/**
 * The secrets of a container, each with its version.
 * @param secrets references in the settings by variable name
 * @param versionOf the current version of a secret, by its reference
 */
export function secretVersions(
  secrets: Readonly<Record<string, string>>,
  versionOf: (reference: string) => Omit<SecretVersion, "from">,
): Record<string, SecretVersion> {
  return mapValues(secrets, (from) => ({ from, ...versionOf(from) }));
}

/** The variables of one container. */
interface Variables {
  env: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, SecretVersion>>;
}

/** What differs between the variables of a container in two releases, by name and without any value. */
export function variableDifferences(before: Variables, after: Variables): string[] {
  return [
    ...variables(before.env, after.env, (was, is) => (was === is ? null : "changed")),
    ...variables(before.secrets, after.secrets, secretDifference),
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
