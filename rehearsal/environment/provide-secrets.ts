import { randomBytes } from "node:crypto";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { clientOptions } from "./cloud-client";

/**
 * Creates secrets that a stack's settings name, which only AWS has. Their values are random.
 * @param references such as `ssm:/prod/key` or `secretsmanager:prod/key`
 * @param variables those that lead to the cloud
 */
export async function provideSecrets(references: readonly string[], variables: Record<string, string>): Promise<void> {
  if (references.length === 0) return;
  const secrets = new SecretsManagerClient(clientOptions(variables));
  const parameters = new SSMClient(clientOptions(variables));
  try {
    for (const reference of references) {
      const [service = "", ...rest] = reference.split(":");
      const name = rest.join(":");
      const value = randomBytes(24).toString("base64url");
      if (service === "ssm")
        await parameters.send(new PutParameterCommand({ Name: name, Value: value, Type: "SecureString" }));
      else await secrets.send(new CreateSecretCommand({ Name: name, SecretString: value }));
    }
  } finally {
    secrets.destroy();
    parameters.destroy();
  }
}
