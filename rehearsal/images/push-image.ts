import {
  ECRClient,
  ImageAlreadyExistsException,
  PutImageCommand,
  RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";
import { UserError } from "../../components/core/user-error";
import { type BuildOptions, buildImage, serviceFolder } from "./build-image";

export interface PushOptions extends BuildOptions {
  service: string;
  /** Folder of the service's source. Default: `services/<service>`. */
  folder?: string;
  /** Name of the service's repository, from the stack's outputs. */
  repository: string;
  tag: string;
  /** `KEY=value`, baked into the image. */
  environment: readonly string[];
  /** URL of the rehearsal cloud's API. */
  endpoint: string;
  region: string;
}

/**
 * Builds a service's image and pushes it to the cloud's registry through ECR's API.
 * @returns the digest, or "" if the registry has that tag already
 * @throws UserError when the registry has no such repository
 */
export async function pushImage({
  service,
  folder = serviceFolder(service),
  repository,
  tag,
  environment,
  endpoint,
  region,
  ...options
}: PushOptions): Promise<string> {
  // With the tag in it, two releases differ in their bytes, as two builds would.
  const manifest = await buildImage(folder, [...environment, `IMAGE_TAG=${tag}`], options);
  const ecr = new ECRClient({
    endpoint,
    region,
    credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
  });
  try {
    const { image } = await ecr.send(
      new PutImageCommand({ repositoryName: repository, imageManifest: JSON.stringify(manifest), imageTag: tag }),
    );
    return image?.imageId?.imageDigest ?? "";
  } catch (error) {
    if (error instanceof ImageAlreadyExistsException) return "";
    if (error instanceof RepositoryNotFoundException)
      throw new UserError(`the cloud has no repository "${repository}": run \`pulumi up\` for its stack first`);
    throw error;
  } finally {
    ecr.destroy();
  }
}
