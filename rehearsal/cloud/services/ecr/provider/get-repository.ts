import { z } from "zod";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";
import type { Ecr } from "../model/ecr";
import { encryptionOf } from "./repository";

/** A repository with its tags, and those of its newest image. */
export function getRepository(ecr: Ecr): ProviderFunction {
  return defineFunction({
    token: "aws:ecr/getRepository:getRepository",
    awsCall: "ecr:DescribeRepositories",
    args: z.strictObject({ name: z.string() }),
    async call({ name }) {
      const repository = ecr.findRepository(name);
      if (!repository) throw new Error(`reading ECR Repository (${name}): couldn't find resource`);
      const { arn, url: repositoryUrl, imageTagMutability, scanOnPush, images, tags = {} } = repository;
      return {
        id: name,
        ...{ name, arn, repositoryUrl, imageTagMutability, tags },
        registryId: ecr.context.accountId,
        imageScanningConfigurations: [{ scanOnPush }],
        encryptionConfigurations: encryptionOf(repository).map((one) => ({ ...one, kmsKey: "" })),
        mostRecentImageTags: images.at(-1)?.tags ?? [],
      };
    },
  });
}
