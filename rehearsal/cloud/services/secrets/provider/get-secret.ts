import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";
import type { SecretsManager } from "../model/secrets-manager";

/** Everything about a secret but its value. */
export function getSecret(secretsManager: SecretsManager): ProviderFunction {
  return defineFunction({
    token: "aws:secretsmanager/getSecret:getSecret",
    awsCall: "secretsmanager:DescribeSecret",
    args: z
      .strictObject({ arn: z.string().optional(), name: z.string().optional() })
      .refine(({ arn, name }) => (arn === undefined) !== (name === undefined), "one of `arn,name` must be specified"),
    async call({ arn, name }) {
      const id = arn ?? name!;
      const secret = secretsManager.find(id);
      // The provider takes one that is scheduled for deletion as gone.
      if (!secret || secret.deletedAtMs !== null) {
        throw new AwsError(
          "ResourceNotFoundException",
          `reading Secrets Manager Secret (${id}): Secrets Manager can't find the specified secret.`,
        );
      }
      return {
        id: secret.arn,
        arn: secret.arn,
        name: secret.name,
        createdDate: new Date(secret.createdAtMs).toISOString(),
        lastChangedDate: new Date(secret.changedAtMs).toISOString(),
        description: secret.description ?? "",
        kmsKeyId: "",
        policy: "",
        tags: {},
        type: "",
      };
    },
  });
}
