import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { paginateDescribeParameters, SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";

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
 * Returns which of the settings' secrets a task could not read at its start, and why (aws-rules C17, P4). Only names
 * are read, never values.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function missingSecrets(
  references: readonly string[],
  { ssm, secretsManager }: SecretClients,
): Promise<Map<string, string>> {
  const named = [...new Set(references)].map((reference) => {
    const [, store = "", name = ""] = /^(\w+):(.+)$/.exec(reference) ?? [];
    return { reference, store, name: store === "ssm" ? parameterName(name) : name };
  });
  const parameters = named.filter(({ store }) => store === "ssm");
  const secrets = named.filter(({ store }) => store === "secretsmanager");
  const [known, problems] = await Promise.all([
    existingParameters(
      ssm,
      parameters.map(({ name }) => name),
    ),
    Promise.all(secrets.map(({ name }) => secretProblem(secretsManager, name))),
  ]);
  const missing = new Map<string, string>();
  for (const { reference, name } of parameters)
    if (!known.has(name)) missing.set(reference, `there is no SSM parameter ${name}`);
  for (const [index, { reference }] of secrets.entries()) {
    const problem = problems[index];
    if (problem) missing.set(reference, problem);
  }
  return missing;
}

/** The name of a parameter in a hierarchy begins with a slash, which its ARN and many settings leave out. */
function parameterName(name: string): string {
  return name.includes("/") && !name.startsWith("/") ? `/${name}` : name;
}

async function existingParameters(client: SSMClient, names: string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (let from = 0; from < names.length; from += MAX_NAMES) {
    const filter = { Key: "Name", Option: "Equals", Values: names.slice(from, from + MAX_NAMES) };
    for await (const { Parameters } of paginateDescribeParameters({ client }, { ParameterFilters: [filter] }))
      for (const { Name } of Parameters ?? []) known.add(Name ?? "");
  }
  return known;
}

async function secretProblem(client: SecretsManagerClient, name: string): Promise<string | null> {
  try {
    const secret = await client.send(new DescribeSecretCommand({ SecretId: name }));
    if (secret.DeletedDate) return `the secret ${name} is scheduled for deletion`;
    const stages = Object.values(secret.VersionIdsToStages ?? {}).flat();
    return stages.includes("AWSCURRENT") ? null : `the secret ${name} has no value`;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return `there is no secret ${name}`;
    throw error;
  }
}
