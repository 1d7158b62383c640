import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";

export interface PrivateBucketArgs {
  /** False lets `pulumi destroy` delete the bucket with its content. */
  deletionProtection: boolean;
  tags: Tags;
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

/** Creates a bucket with encryption and without public access. */
export function createPrivateBucket(
  parent: pulumi.Resource,
  name: string,
  { deletionProtection, tags }: PrivateBucketArgs,
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
  return { bucket, privacy };
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
