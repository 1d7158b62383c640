import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { type Operation, operation } from "../../../protocols/service";
import type { Ecr } from "../model/ecr";

const registryId = z.string().optional();

export function ecrOperations(ecr: Ecr): Record<string, Operation> {
  const { accountId } = ecr.context;
  return {
    DescribeImages: operation(
      {
        registryId,
        repositoryName: z.string(),
        imageIds: z
          .array(z.strictObject({ imageTag: z.string().optional(), imageDigest: z.string().optional() }))
          .optional(),
      },
      ({ registryId: asked = accountId, repositoryName, imageIds = [] }) => {
        if (asked !== accountId) {
          throw new AwsError(
            "RepositoryNotFoundException",
            `The repository with name '${repositoryName}' does not exist in the registry with id '${asked}'`,
          );
        }
        const ids = imageIds.flatMap(({ imageTag, imageDigest }) => imageDigest ?? imageTag ?? []);
        return {
          imageDetails: ecr.describeImages(repositoryName, ids).map(({ digest, tags, pushedAt }) => ({
            registryId: accountId,
            repositoryName,
            imageDigest: digest,
            imageTags: tags,
            imagePushedAt: pushedAt.getTime() / 1000,
          })),
        };
      },
    ),
    PutImage: operation(
      {
        registryId,
        repositoryName: z.string(),
        imageManifest: z.string(),
        imageManifestMediaType: z.string().optional(),
        imageTag: z.string(),
      },
      ({ repositoryName, imageManifest, imageTag }) => {
        const imageDigest = ecr.putImage(repositoryName, imageManifest, imageTag);
        return { image: { registryId: accountId, repositoryName, imageId: { imageDigest, imageTag }, imageManifest } };
      },
    ),
  };
}
