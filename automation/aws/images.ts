import { DescribeImagesCommand, ECRClient, type ECRClientConfig, ImageNotFoundException } from "@aws-sdk/client-ecr";

/**
 * Returns the image in the registry, or null if there is none.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function image(
  config: ECRClientConfig,
  repositoryName: string,
  reference: { tag: string } | { digest: string },
): Promise<{ digest: string } | null> {
  const imageId = "tag" in reference ? { imageTag: reference.tag } : { imageDigest: reference.digest };
  try {
    const command = new DescribeImagesCommand({ repositoryName, imageIds: [imageId] });
    const digest = (await new ECRClient(config).send(command)).imageDetails?.[0]?.imageDigest;
    return digest === undefined ? null : { digest };
  } catch (error) {
    if (error instanceof ImageNotFoundException) return null;
    throw error;
  }
}
