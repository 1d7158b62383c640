import { parseReference } from "../../components/core/secret-reference";
import type { AwsLimits } from "../core/aws-limits";
import type { ObservedSecret } from "../ports/observer";

/**
 * Returns the current version of each secret, or why a task could not read it at its start (aws-rules C17, P4). Only
 * metadata is read, never a value. A client takes a while to load, so only what the references name is loaded.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function observedSecrets(
  references: readonly string[],
  config: { region: string } & AwsLimits,
): Promise<Map<string, ObservedSecret>> {
  const unique = [...new Set(references)].map((reference) => ({ reference, ...parseReference(reference) }));
  const parameters = unique.filter(({ store }) => store === "ssm");
  const secrets = unique.filter(({ store }) => store === "secretsmanager");
  const observed = await Promise.all([
    observedParameters(parameters, config),
    observedInSecretsManager(secrets, config),
  ]);
  return new Map(observed.flat());
}

interface Named {
  reference: string;
  name: string;
}

async function observedParameters(
  named: readonly Named[],
  config: { region: string } & AwsLimits,
): Promise<[string, ObservedSecret][]> {
  if (named.length === 0) return [];
  const { parameterName, parameterVersions } = require("./parameters") as typeof import("./parameters");
  const versions = await parameterVersions(
    config,
    named.map(({ name }) => parameterName(name)),
  );
  return named.map(({ reference, name }) => {
    const parameter = parameterName(name);
    const version = versions.get(parameter);
    return [reference, version === undefined ? { missing: `there is no SSM parameter ${parameter}` } : { version }];
  });
}

async function observedInSecretsManager(
  named: readonly Named[],
  config: { region: string } & AwsLimits,
): Promise<[string, ObservedSecret][]> {
  if (named.length === 0) return [];
  const { secretVersions } = require("./secrets-manager") as typeof import("./secrets-manager");
  const observed = await secretVersions(
    config,
    named.map(({ name }) => name),
  );
  return named.map(({ reference }, index) => [reference, observed[index]!]);
}
