import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";

export interface PrivateBucketArgs {
  /** False lets `pulumi destroy` delete the bucket with its content. */
  deletionProtection: boolean;
  tags: Tags;
}

/** When objects are deleted. */
export interface ExpiryArgs {
  /** Name of the rule. */
  id: string;
  /** Days after which an object is deleted. Default: never. */
  days?: number;
  /** Days for which a version is kept that was overwritten or deleted. */
  noncurrentDays: number;
}

/** A bucket that cannot be opened to others, encrypted with S3's own keys. Create its policy after `privacy`. */
export interface PrivateBucket {
  bucket: aws.s3.Bucket;
  /**
   * S3 refuses two changes of one bucket's access at the same time ("A conflicting conditional operation is currently
   * in progress").
   */
  privacy: aws.s3.BucketPublicAccessBlock;
}

/** Creates a versioned bucket with encryption and without public access. */
export function createPrivateBucket(
  parent: pulumi.Resource,
  name: string,
  { deletionProtection, tags }: PrivateBucketArgs,
  expiry: ExpiryArgs,
): PrivateBucket {
  const bucket = new aws.s3.Bucket(`${name}-bucket`, { forceDestroy: !deletionProtection, tags }, { parent });
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    { bucket: bucket.bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    { parent },
  );
  const privacy = new aws.s3.BucketPublicAccessBlock(
    `${name}-privacy`,
    {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    { parent },
  );
  createVersioning(parent, name, bucket, expiry);
  return { bucket, privacy };
}

function createVersioning(
  parent: pulumi.Resource,
  name: string,
  { bucket }: aws.s3.Bucket,
  { id, days, noncurrentDays }: ExpiryArgs,
): void {
  const versioning = new aws.s3.BucketVersioning(
    `${name}-versioning`,
    { bucket, versioningConfiguration: { status: "Enabled" } },
    { parent },
  );
  new aws.s3.BucketLifecycleConfiguration(
    `${name}-expiry`,
    {
      bucket,
      rules: [
        {
          id,
          status: "Enabled",
          filter: { prefix: "" },
          ...(days === undefined ? {} : { expiration: { days } }),
          noncurrentVersionExpiration: { noncurrentDays },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    },
    // A rule for noncurrent versions requires a versioned bucket.
    { parent, dependsOn: [versioning] },
  );
}

/** Statement of a bucket policy that denies requests without TLS. */
export function onlyTls(arn: pulumi.Output<string>) {
  return {
    Sid: "OnlyTls",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [arn, pulumi.interpolate`${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
