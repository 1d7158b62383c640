import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Image, Images } from "../../../kernel/ports";
import { checkLifecyclePolicy } from "./lifecycle-policy";
import { digestOf, readManifest } from "./manifest";

const NAME_PATTERN = "(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*";
const MAX_NAME_LENGTH = 256;

export interface RepositorySettings {
  name: string;
  imageTagMutability: "MUTABLE" | "IMMUTABLE";
  scanOnPush: boolean;
  encryptionType?: string | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
}

export interface Repository extends RepositorySettings {
  arn: string;
  /** `<registry>/<name>` */
  url: string;
  lifecyclePolicy: string | null;
  images: StoredImage[];
}

export interface StoredImage extends Image {
  pushedAt: Date;
}

/** The container registry. Its images are commands on this machine (see `manifest.ts`). */
export class Ecr implements Images {
  /** Host name of the registry. */
  readonly registry: string;
  readonly #byName = new Map<string, Repository>();

  constructor(readonly context: CloudContext) {
    this.registry = `${context.accountId}.dkr.ecr.${context.region}.amazonaws.com`;
  }

  createRepository(settings: RepositorySettings): Repository {
    const { name } = settings;
    const { accountId, region } = this.context;
    checkName(name);
    if (this.#byName.has(name)) {
      throw new AwsError(
        "RepositoryAlreadyExistsException",
        `The repository with name '${name}' already exists in the registry with id '${accountId}'`,
      );
    }
    const repository: Repository = {
      ...settings,
      arn: `arn:aws:ecr:${region}:${accountId}:repository/${name}`,
      url: `${this.registry}/${name}`,
      lifecyclePolicy: null,
      images: [],
    };
    this.#byName.set(name, repository);
    return repository;
  }

  findRepository(name: string): Repository | undefined {
    return this.#byName.get(name);
  }

  getRepository(name: string): Repository {
    return orNotFound(
      this.#byName.get(name),
      "RepositoryNotFoundException",
      `The repository with name '${name}' does not exist in the registry with id '${this.context.accountId}'`,
    );
  }

  putLifecyclePolicy(name: string, json: string): void {
    const repository = this.getRepository(name);
    checkLifecyclePolicy(json);
    repository.lifecyclePolicy = json;
  }

  /** @param force true deletes the images as well (aws-rules K2) */
  deleteRepository(name: string, force: boolean): void {
    if (this.getRepository(name).images.length > 0 && !force) {
      throw new AwsError(
        "RepositoryNotEmptyException",
        `The repository with name '${name}' in registry with id '${this.context.accountId}' cannot be deleted because it still contains images`,
      );
    }
    this.#byName.delete(name);
  }

  /**
   * Stores an image, as the last call of `docker push`. A used tag moves to it, or is refused if tags are immutable
   * (K1).
   *
   * @returns the digest of the manifest's bytes
   */
  putImage(repositoryName: string, manifestJson: string, tag: string): string {
    const repository = this.getRepository(repositoryName);
    const config = readManifest(manifestJson);
    const digest = digestOf(manifestJson);
    this.#checkTag(repository, tag, digest);
    for (const image of repository.images) image.tags = image.tags.filter((one) => one !== tag);
    const image = repository.images.find((one) => one.digest === digest);
    if (image) image.tags.push(tag);
    else repository.images.push({ digest, tags: [tag], repository: repositoryName, config, pushedAt: new Date() });
    return digest;
  }

  /** @param ids tags or digests; none means all images */
  describeImages(repositoryName: string, ids: string[] = []): StoredImage[] {
    const { images } = this.getRepository(repositoryName);
    if (ids.length === 0) return images;
    return ids.map((id) => {
      return orNotFound(
        findImage(images, id),
        "ImageNotFoundException",
        `The image with imageId {imageDigest:'${id.includes(":") ? id : "null"}', imageTag:'${id.includes(":") ? "null" : id}'} does not exist within the repository with name '${repositoryName}' in the registry with id '${this.context.accountId}'`,
      );
    });
  }

  find(reference: string): Image | undefined {
    const match = /^([^/]+)\/([^@:]+)(?:@(sha256:[0-9a-f]{64})|:([^@:]+))$/.exec(reference);
    if (match?.[1] !== this.registry) return undefined;
    return findImage(this.#byName.get(match[2]!)?.images ?? [], match[3] ?? match[4]!);
  }

  #checkTag(repository: Repository, tag: string, digest: string): void {
    const holder = findImage(repository.images, tag);
    if (holder?.digest === digest) {
      throw new AwsError(
        "ImageAlreadyExistsException",
        `Image with digest '${digest}' and tag '${tag}' already exists in the repository with name '${repository.name}' in registry with id '${this.context.accountId}'`,
      );
    }
    if (holder && repository.imageTagMutability === "IMMUTABLE") {
      throw new AwsError(
        "ImageTagAlreadyExistsException",
        `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the repository is immutable.`,
      );
    }
  }
}

function findImage(images: StoredImage[], id: string): StoredImage | undefined {
  return images.find((image) => image.digest === id || image.tags.includes(id));
}

function checkName(name: string): void {
  if (name.length < 2 || name.length > MAX_NAME_LENGTH || !new RegExp(`^${NAME_PATTERN}$`).test(name)) {
    throw new AwsError(
      "InvalidParameterException",
      `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${NAME_PATTERN}''`,
    );
  }
}
