import { at, type Declared, list, type Rule } from "../declared";

/** For each type of store, how its inputs say that its data is encrypted. */
const STORES: Record<string, (inputs: Declared["inputs"]) => string[]> = {
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ({ rules }) =>
    list(rules).some((rule) =>
      ["AES256", "aws:kms", "aws:kms:dsse"].includes(
        String(at(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm")),
      ),
    )
      ? []
      : ["no rule has an sseAlgorithm: wanted AES256 or aws:kms"],
  "aws:sqs/queue:Queue": ({ sqsManagedSseEnabled, kmsMasterKeyId }) =>
    sqsManagedSseEnabled === true || kmsMasterKeyId !== undefined
      ? []
      : ["neither sqsManagedSseEnabled nor kmsMasterKeyId is set"],
  "aws:ecr/repository:Repository": ({ encryptionConfigurations }) =>
    list(encryptionConfigurations).some(({ encryptionType }) =>
      ["AES256", "KMS", "KMS_DSSE"].includes(String(encryptionType)),
    )
      ? []
      : ["encryptionConfigurations has no encryptionType: wanted AES256 or KMS"],
  "aws:ec2/launchTemplate:LaunchTemplate": ({ blockDeviceMappings }) =>
    list(blockDeviceMappings).flatMap((mapping) =>
      String(at(mapping, "ebs", "encrypted")) === "true"
        ? []
        : [`the volume ${String(mapping.deviceName)} is not encrypted: set ebs.encrypted to "true"`],
    ),
  "aws:ebs/volume:Volume": ({ encrypted }) => (encrypted === true ? [] : ["encrypted is not true"]),
  "aws:rds/instance:Instance": ({ storageEncrypted }) =>
    storageEncrypted === true ? [] : ["storageEncrypted is not true"],
  "aws:efs/fileSystem:FileSystem": ({ encrypted }) => (encrypted === true ? [] : ["encrypted is not true"]),
};

/**
 * Log groups are not included: CloudWatch Logs encrypts every one, and there is nothing to set (docs: Encrypt log
 * data).
 */
export const storesAreEncrypted: Rule = {
  name: "stores-are-encrypted",
  description: "Stores of data (buckets, queues, images, volumes) are encrypted, and their inputs say so.",
  types: Object.keys(STORES),
  check: ({ type, inputs }) => STORES[type]!(inputs),
};

/** A volume that the template does not name is created as the image says. */
export const volumesAreNamed: Rule = {
  name: "volumes-are-named",
  description: "A launch template names the root volume, because one that the image defines is not encrypted.",
  types: ["aws:ec2/launchTemplate:LaunchTemplate"],
  check: ({ inputs }) =>
    list(inputs.blockDeviceMappings).length > 0 ? [] : ["blockDeviceMappings is empty: name the root volume"],
};

export const bucketsArePrivate: Rule = {
  name: "buckets-are-private",
  description: "No bucket policy and no access list can make a bucket public.",
  types: ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"],
  check: ({ inputs }) =>
    ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]
      .filter((key) => inputs[key] !== true)
      .map((key) => `${key} is ${String(inputs[key])}: set it to true`),
};
