import { AwsError } from "../../../kernel/aws-error";

/** An Amazon Machine Image. The rehearsal knows ECS-optimized ones, by their ids and their public SSM parameters. */
export interface MachineImage {
  id: string;
  architecture: "x86_64" | "arm64";
}

/** The root device of every ECS-optimized image, and the size of its snapshot. containers-roadmap#134 */
export const ROOT_DEVICE = "/dev/xvda";
export const ROOT_SNAPSHOT_GIB = 30;

const SSM_PREFIX = "resolve:ssm:";
const IMAGES: Record<string, MachineImage> = {
  "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id": {
    id: "ami-0a1b2c3d4e5f60718",
    architecture: "x86_64",
  },
  "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id": {
    id: "ami-0b2c3d4e5f6071829",
    architecture: "arm64",
  },
  "/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id": {
    id: "ami-0c3d4e5f607182930",
    architecture: "x86_64",
  },
  "/aws/service/ecs/optimized-ami/amazon-linux-2/arm64/recommended/image_id": {
    id: "ami-0d4e5f60718293041",
    architecture: "arm64",
  },
};

/**
 * The image that a launch template's `imageId` names: an id, or `resolve:ssm:` and a parameter's name.
 *
 * @throws AwsError `InvalidAMIID.NotFound` for an image that the rehearsal does not know; AWS checks it at launch, too
 */
export function machineImage(imageId: string): MachineImage {
  const found = imageId.startsWith(SSM_PREFIX)
    ? IMAGES[imageId.slice(SSM_PREFIX.length).replace(/:\d+$/, "")]
    : Object.values(IMAGES).find((image) => image.id === imageId);
  if (found) return found;
  const known = Object.keys(IMAGES).map((name) => SSM_PREFIX + name);
  throw new AwsError(
    "InvalidAMIID.NotFound",
    `The image id '[${imageId}]' does not exist; the rehearsal cloud knows ${known.join(", ")}`,
  );
}
