import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import { createPrivateBucket, onlyTls } from "./private-bucket";

/**
 * How long old versions are kept. Journals are never overwritten; the lease is, four times a minute while a deploy
 * runs.
 */
const NONCURRENT_DAYS = 30;

export interface DeployStoreArgs {
  /** False lets `pulumi destroy` delete the bucket with the history of all deploys. */
  deletionProtection: boolean;
  tags: Tags;
}

/**
 * S3 bucket for the lease, journals and history of this stack's deploys. It is private, requires TLS and is
 * versioned, so that an object that was overwritten or deleted by mistake can be restored for 30 days. It is
 * encrypted with S3's own keys: it holds no secrets, and a KMS key would add a right that every deploy needs, a price
 * for each request, and the risk to lose everything with the key.
 *
 * Its policy refuses writes without a condition, so that no other writer can break the lease.
 *
 * Cost a month: a few cents; a deploy of ten minutes makes about a hundred requests (aws.amazon.com/s3/pricing).
 */
export class DeployStore extends pulumi.ComponentResource {
  /** Name of the bucket, known when the bucket is ready for deploys. */
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: DeployStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:deploy-store:DeployStore", name, {}, opts);

    const expiry = { id: "expire-noncurrent", noncurrentDays: NONCURRENT_DAYS };
    const { bucket, privacy } = createPrivateBucket(this, name, args, expiry);
    const ownership = new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      { parent: this, dependsOn: [privacy] },
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket: bucket.bucket, policy: pulumi.jsonStringify(deployStorePolicy(bucket.arn)) },
      { parent: this, dependsOn: [ownership] },
    );

    this.bucket = policy.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}

/** Policy of the deploy store's bucket with that ARN. */
export function deployStorePolicy(arn: pulumi.Output<string>) {
  return {
    Version: "2012-10-17",
    Statement: [
      onlyTls(arn),
      {
        // An unconditional write ignores the conditions of all other writers (aws-rules S5).
        Sid: "OnlyConditionalWrites",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${arn}/*`,
        Condition: { Null: { "s3:if-match": "true", "s3:if-none-match": "true" } },
      },
    ],
  };
}
