import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { SecretsManager } from "../model/secrets-manager";

const MAX_NAME_LENGTH = 512;

/** A secret without its values, which are resources of their own or come from elsewhere. */
export function secretType(secretsManager: SecretsManager): ResourceType {
  return defineResource({
    token: "aws:secretsmanager/secret:Secret",
    awsCalls: {
      create: "secretsmanager:CreateSecret",
      read: "secretsmanager:DescribeSecret",
      update: "secretsmanager:UpdateSecret",
      delete: "secretsmanager:DeleteSecret",
    },
    inputs: z.object({
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      description: z.string().optional(),
      recoveryWindowInDays: z
        .int()
        .refine((days) => days === 0 || (days >= 7 && days <= 30), "0, or 7 to 30")
        .default(30),
      forceOverwriteReplicaSecret: z.literal(false).default(false),
      tags,
    }),
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn"],
    async create({ name, description }) {
      const { arn } = secretsManager.create(name!, undefined, description);
      return { id: arn, outputs: { arn } };
    },
    async read(id) {
      const secret = secretsManager.find(id);
      if (!secret || secret.deletedAtMs !== null) return null;
      return { arn: secret.arn, name: secret.name, description: secret.description };
    },
    async update(id, { description }) {
      Object.assign(secretsManager.get(id), { description });
      return {};
    },
    async delete(id, { recoveryWindowInDays }) {
      const secret = secretsManager.find(id);
      if (!secret || secret.deletedAtMs !== null) return;
      secretsManager.delete(id, recoveryWindowInDays === 0 ? null : Number(recoveryWindowInDays));
    },
  });
}
