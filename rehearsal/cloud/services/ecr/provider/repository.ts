import { z } from "zod";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Ecr, Repository } from "../model/ecr";

const MAX_NAME_LENGTH = 256;

/** A repository that names no other way is encrypted with S3's own keys. */
export function encryptionOf({ encryptionType = "AES256" }: Repository) {
  return [{ encryptionType }];
}

export function repositoryType(ecr: Ecr): ResourceType {
  const outputs = (repository: Repository) => ({
    arn: repository.arn,
    name: repository.name,
    registryId: ecr.context.accountId,
    repositoryUrl: repository.url,
    imageTagMutability: repository.imageTagMutability,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfigurations: encryptionOf(repository),
    ...(repository.tags && { tags: repository.tags }),
  });
  return defineResource({
    token: "aws:ecr/repository:Repository",
    awsCalls: {
      create: "ecr:CreateRepository",
      read: "ecr:DescribeRepositories",
      update: "ecr:PutImageTagMutability",
      delete: "ecr:DeleteRepository",
    },
    inputs: z.object({
      name: z.string().optional(),
      imageTagMutability: z.enum(["MUTABLE", "IMMUTABLE"]).default("MUTABLE"),
      imageScanningConfiguration: z.strictObject({ scanOnPush: z.boolean() }).optional(),
      encryptionConfigurations: z
        .array(z.strictObject({ encryptionType: z.enum(["AES256", "KMS"]).default("AES256") }))
        .optional(),
      forceDelete: z.boolean().default(false),
      tags,
    }),
    replaceOn: ["name", "encryptionConfigurations"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn", "registryId", "repositoryUrl"],
    async create({ name, imageTagMutability, imageScanningConfiguration, encryptionConfigurations, tags: given }) {
      const scanOnPush = imageScanningConfiguration?.scanOnPush ?? false;
      const encryptionType = encryptionConfigurations?.[0]?.encryptionType;
      const settings = { imageTagMutability, scanOnPush, encryptionType, tags: given };
      const repository = ecr.createRepository({ name: name!, ...settings });
      return { id: repository.name, outputs: outputs(repository) };
    },
    read: async (id) => outputsIf(ecr.findRepository(id), outputs),
    async update(id, { imageTagMutability, imageScanningConfiguration, tags: given }) {
      const scanOnPush = imageScanningConfiguration?.scanOnPush ?? false;
      return outputs(Object.assign(ecr.getRepository(id), { imageTagMutability, scanOnPush, tags: given }));
    },
    async delete(id, { forceDelete }) {
      ecr.deleteRepository(id, forceDelete === true);
    },
  });
}
