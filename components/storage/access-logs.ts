import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import type { Tags } from "../core/tags";
import { createPrivateBucket, onlyTls } from "./private-bucket";

/** How long a log is kept after it was overwritten, deleted or had expired, so that traces are not lost with it. */
const NONCURRENT_DAYS = 7;

export interface AccessLogsArgs {
  account: Account;
  retentionDays: number;
  /** False lets `pulumi destroy` delete the bucket with its logs. */
  deletionProtection: boolean;
  tags: Tags;
}

/**
 * S3 bucket for the load balancers' access logs. It is private, requires TLS and is encrypted with S3's own keys
 * (load balancers cannot write with KMS keys); old logs are deleted. Elastic Load Balancing may write to it for load
 * balancers of this account only.
 *
 * Cost a month: 0.025 USD for each GB kept, about 0.5 GB a million requests (aws.amazon.com/s3/pricing).
 */
export class AccessLogs extends pulumi.ComponentResource {
  /** Name of the bucket, known when load balancers may write to it: AWS tests that when logging is turned on. */
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: AccessLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:access-logs:AccessLogs", name, {}, opts);

    const expiry = { id: "expire", days: args.retentionDays, noncurrentDays: NONCURRENT_DAYS };
    const { bucket, privacy } = createPrivateBucket(this, name, args, expiry);
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.bucket,
        policy: pulumi.jsonStringify(bucketPolicy(bucket.arn, args.account)),
      },
      { parent: this, dependsOn: [privacy] },
    );

    this.bucket = policy.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}

function bucketPolicy(arn: pulumi.Output<string>, account: Account) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "LoadBalancersWrite",
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        // The account's number in the key is the only bound: ELB sends no aws:SourceArn (aws-rules E46).
        Resource: pulumi.interpolate`${arn}/*/AWSLogs/${account.id}/*`,
      },
      onlyTls(arn),
    ],
  };
}
