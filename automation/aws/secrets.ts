import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { paginateDescribeParameters, SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import { parseReference } from "../../components/core/secret-reference";
import type { ObservedSecret } from "../ports/observer";

/** Maximum of values in one filter of DescribeParameters. */
const MAX_NAMES = 50;

interface SecretClients {
  ssm: SSMClient;
  secretsManager: SecretsManagerClient;
}

/** @public loaded by require, which the search for unused exports does not see */
export function secretClients(config: Pick<SSMClientConfig, "region" | "maxAttempts">): SecretClients {
  return { ssm: new SSMClient(config), secretsManager: new SecretsManagerClient(config) };
}

/**
 * Returns the current version of each secret, or why a task could not read it at its start (aws-rules C17, P4). Only
 * metadata is read, never a value.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function observedSecrets(
  references: readonly string[],
  { ssm, secretsManager }: SecretClients,
): Promise<Map<string, ObservedSecret>> {
  const named = [...new Set(references)].map((reference) => {
    const { store, name } = parseReference(reference);
    return { reference, store, name: store === "ssm" ? parameterName(name) : name };
  });
  const parameters = named.filter(({ store }) => store === "ssm");
  const secrets = named.filter(({ store }) => store === "secretsmanager");
  const [versions, described] = await Promise.all([
    parameterVersions(
      ssm,
      parameters.map(({ name }) => name),
    ),
    Promise.all(secrets.map(({ name }) => observedSecret(secretsManager, name))),
  ]);
  const found = new Map<string, ObservedSecret>();
  for (const { reference, name } of parameters) {
    const version = versions.get(name);
    found.set(reference, version === undefined ? { missing: `there is no SSM parameter ${name}` } : { version });
  }
  for (const [index, { reference }] of secrets.entries()) found.set(reference, described[index]!);
  return found;
}

/** The name of a parameter in a hierarchy begins with a slash, which its ARN and many settings leave out. */
function parameterName(name: string): string {
  return name.includes("/") && !name.startsWith("/") ? `/${name}` : name;
}

async function parameterVersions(client: SSMClient, names: string[]): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for (let from = 0; from < names.length; from += MAX_NAMES) {
    const filter = { Key: "Name", Option: "Equals", Values: names.slice(from, from + MAX_NAMES) };
    for await (const { Parameters } of paginateDescribeParameters({ client }, { ParameterFilters: [filter] }))
      for (const { Name, Version } of Parameters ?? []) versions.set(Name ?? "", `${Version}`);
  }
  return versions;
}

async function observedSecret(client: SecretsManagerClient, name: string): Promise<ObservedSecret> {
  try {
    const { ARN, DeletedDate, RotationEnabled, VersionIdsToStages } = await client.send(
      new DescribeSecretCommand({ SecretId: name }),
    );
    if (DeletedDate) return { missing: `the secret ${name} is scheduled for deletion` };
    const current = Object.entries(VersionIdsToStages ?? {}).find(([, stages]) => stages.includes("AWSCURRENT"));
    if (!current) return { missing: `the secret ${name} has no value` };
    return { version: current[0], arn: ARN!, ...(RotationEnabled && { rotates: true }) };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { missing: `there is no secret ${name}` };
    throw error;
  }
}
