import type { Ecr } from "../aws/ecr";
import type { Operation } from "./service";

interface ImageId {
  imageTag?: string;
  imageDigest?: string;
}

export function ecrOperations(ecr: Ecr): Record<string, Operation> {
  return {
    DescribeImages: ({ repositoryName, imageIds }) => {
      const name = String(repositoryName);
      const ids = ((imageIds ?? []) as ImageId[]).flatMap(({ imageTag, imageDigest }) => imageDigest ?? imageTag ?? []);
      return {
        imageDetails: ecr.describeImages(name, ids).map(({ digest, tags }) => ({
          registryId: ecr.context.accountId,
          repositoryName: name,
          imageDigest: digest,
          imageTags: tags,
        })),
      };
    },
    PutImage: ({ repositoryName, imageManifest, imageTag }) => {
      const name = String(repositoryName);
      const digest = ecr.putImage(name, String(imageManifest), String(imageTag));
      return {
        image: {
          registryId: ecr.context.accountId,
          repositoryName: name,
          imageId: { imageDigest: digest, imageTag },
          imageManifest,
        },
      };
    },
  };
}
