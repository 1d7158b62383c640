import { z } from "zod";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";
import type { SecretsManager } from "../model/secrets-manager";

/** The current version of a secret with its value. */
export function getSecretVersion(secretsManager: SecretsManager): ProviderFunction {
  return defineFunction({
    token: "aws:secretsmanager/getSecretVersion:getSecretVersion",
    awsCall: "secretsmanager:GetSecretValue",
    args: z.strictObject({ secretId: z.string() }),
    async call({ secretId }) {
      const { secret, version } = secretsManager.read(secretId, {});
      return {
        id: `${secretId}|${version.stages[0]}`,
        arn: secret.arn,
        secretId,
        secretString: version.value,
        secretBinary: "",
        versionId: version.id,
        versionStages: version.stages,
        createdDate: new Date(secret.createdAtMs).toISOString(),
      };
    },
  });
}
