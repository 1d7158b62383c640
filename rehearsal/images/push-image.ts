import {
  ECRClient,
  ImageAlreadyExistsException,
  PutImageCommand,
  RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";
import { UserError } from "../../components/core/user-error";
import { buildImage, serviceFolder } from "./build-image";

export interface PushOptions {
  service: string;
  /** Of the service's source. Default: `services/<service>`. */
  folder?: string;
  /** Name of the service's repository, as the stack's outputs say it. */
  repository: string;
  tag: string;
  /** `KEY=value`, baked into the image. */
  environment: readonly string[];
  /** Of the rehearsal cloud's API. */
  endpoint: string;
  region: string;
}

/**
 * Builds a service's image and puts it into the cloud's registry, over ECR's own interface.
 * @returns the digest
 * @throws UserError while the stack has no registry for the service
 */
export async function pushImage({
  service,
  folder = serviceFolder(service),
  repository,
  tag,
  environment,
  endpoint,
  region,
}: PushOptions): Promise<string> {
  // The tag makes the bytes of two releases differ, as two builds would.
  const manifest = await buildImage(folder, [...environment, `IMAGE_TAG=${tag}`]);
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
      throw new UserError(`the cloud has no repository "${repository}": run \`pulumi up --stack rehearsal\` first`);
    throw error;
  } finally {
    ecr.destroy();
  }
}
