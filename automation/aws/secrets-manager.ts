import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from "@aws-sdk/client-secrets-manager";
import type { ObservedSecret } from "../ports/observer";

/**
 * Returns for each secret of Secrets Manager, in the order of the names, its current version or why a task could not read it.
 * @public loaded by require, which the search for unused exports does not see
 */
export function observedInSecretsManager(
  config: Pick<SecretsManagerClientConfig, "region" | "maxAttempts">,
  names: readonly string[],
): Promise<ObservedSecret[]> {
  const client = new SecretsManagerClient(config);
  return Promise.all(names.map((name) => observedSecret(client, name)));
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
