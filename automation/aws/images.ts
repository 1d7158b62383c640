import {
  DescribeImagesCommand,
  ECRClient,
  type ECRClientConfig,
  ImageNotFoundException,
  RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";

/**
 * Returns the image in the registry, or null if there is none.
 * @param registry the account and the region of the registry; default: those of the stack
 * @public loaded by require, which the search for unused exports does not see
 */
export async function image(
  config: ECRClientConfig,
  repositoryName: string,
  reference: { tag: string } | { digest: string },
  registry: { registryId?: string; region?: string } = {},
): Promise<{ digest: string } | null> {
  const imageId = "tag" in reference ? { imageTag: reference.tag } : { imageDigest: reference.digest };
  try {
    const { registryId, region } = registry;
    const command = new DescribeImagesCommand({ registryId, repositoryName, imageIds: [imageId] });
    const client = new ECRClient(region === undefined ? config : { ...config, region });
    const digest = (await client.send(command)).imageDetails?.[0]?.imageDigest;
    return digest === undefined ? null : { digest };
  } catch (error) {
    if (error instanceof ImageNotFoundException) return null;
    // Another registry may lack the repository. A service's own repository was created by the stack, so that one must exist.
    if (registry.registryId !== undefined && error instanceof RepositoryNotFoundException) return null;
    throw error;
  }
}
