import { regionalArn } from "../core/arn";
import { partitionOf } from "../core/partition";

/** An image in a private registry of ECR. */
export interface EcrImage {
  /** The account whose registry it is. */
  registryId: string;
  region: string;
  repository: string;
  reference: { tag: string } | { digest: string };
  /** `<registry>/<repository>` */
  url: string;
}

const ECR =
  /^((\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9._/-]+))(?::([\w][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** Parses a reference such as `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/agent:v1`; null for other registries. */
export function ecrImageOf(image: string): EcrImage | null {
  const [, url = "", registryId = "", region = "", repository = "", tag = "", digest] = ECR.exec(image) ?? [];
  return url === "" ? null : { registryId, region, repository, url, reference: digest ? { digest } : { tag } };
}

/** ARN of an image's repository. */
export function repositoryArnOf({ registryId, region, repository }: EcrImage): string {
  return regionalArn({ partition: partitionOf(region), region, id: registryId }, "ecr", `repository/${repository}`);
}
