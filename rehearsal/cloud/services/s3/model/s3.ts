import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { isAllowed } from "../../iam/model/evaluate";
import { parsePolicy, type Statement } from "../../iam/model/policy-document";
import { LOG_DELIVERY_ACCOUNTS } from "./log-delivery-accounts";

const MAX_NAME_LENGTH = 63;
const LOG_DELIVERY_SERVICE = "logdelivery.elasticloadbalancing.amazonaws.com";

export interface PublicAccessBlock {
  blockPublicAcls: boolean;
  blockPublicPolicy: boolean;
  ignorePublicAcls: boolean;
  restrictPublicBuckets: boolean;
}

export interface Bucket {
  name: string;
  policy: { json: string; statements: Statement[] } | null;
  publicAccess: PublicAccessBlock;
  /** `AES256` is S3's own; a load balancer cannot write with `aws:kms`. */
  encryption: "AES256" | "aws:kms" | "aws:kms:dsse";
  versioning: "Enabled" | "Suspended" | null;
  ownership: "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";
  /** Keys of its objects; what is in them is not kept. */
  keys: Set<string>;
}

/** New buckets are private since April 2023. */
const ALL_BLOCKED: PublicAccessBlock = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const NOTHING_BLOCKED: PublicAccessBlock = {
  blockPublicAcls: false,
  blockPublicPolicy: false,
  ignorePublicAcls: false,
  restrictPublicBuckets: false,
};

/** Buckets, as far as a load balancer's access logs need them. */
export class S3 {
  readonly #byName = new Map<string, Bucket>();

  constructor(readonly context: CloudContext) {}

  createBucket(name: string): Bucket {
    if (name.length < 3 || name.length > MAX_NAME_LENGTH || !/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(name)) {
      throw new AwsError("InvalidBucketName", "The specified bucket is not valid.");
    }
    if (this.#byName.has(name)) {
      throw new AwsError(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
      );
    }
    const bucket: Bucket = {
      name,
      policy: null,
      publicAccess: ALL_BLOCKED,
      encryption: "AES256",
      versioning: null,
      ownership: "BucketOwnerEnforced",
      keys: new Set(),
    };
    this.#byName.set(name, bucket);
    return bucket;
  }

  find(name: string): Bucket | undefined {
    return this.#byName.get(name);
  }

  get(name: string): Bucket {
    const bucket = this.#byName.get(name);
    if (!bucket) throw new AwsError("NoSuchBucket", "The specified bucket does not exist");
    return bucket;
  }

  /** @param force true deletes its objects first (aws-rules S7) */
  deleteBucket(name: string, force: boolean): void {
    const bucket = this.get(name);
    if (force) bucket.keys.clear();
    if (bucket.keys.size > 0) throw new AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty");
    this.#byName.delete(name);
  }

  putPolicy(name: string, json: string): void {
    const bucket = this.get(name);
    const statements = parsePolicy(json, "bucket");
    const arn = `arn:aws:s3:::${name}`;
    if (statements.some(({ resources = [] }) => resources.some((one) => one !== arn && !one.startsWith(`${arn}/`)))) {
      throw new AwsError("MalformedPolicy", "Policy has invalid resource");
    }
    if (bucket.publicAccess.blockPublicPolicy && statements.some(isPublic)) {
      throw new AwsError(
        "AccessDenied",
        `User: arn:aws:iam::${this.context.accountId}:user/rehearsal is not authorized to perform: s3:PutBucketPolicy on resource: "${arn}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
      );
    }
    bucket.policy = { json, statements };
  }

  deletePolicy(name: string): void {
    this.get(name).policy = null;
  }

  /** @param block null takes the block away, so that everything is open to be made public */
  setPublicAccess(name: string, block: PublicAccessBlock | null): void {
    this.get(name).publicAccess = block ?? NOTHING_BLOCKED;
  }

  putObject(name: string, key: string): void {
    this.get(name).keys.add(key);
  }

  /**
   * What Elastic Load Balancing finds out by a test object when access logs are turned on. If false it refuses with `InvalidConfigurationRequest`
   * "Access Denied for bucket: <bucket>. Please check S3bucket permission".
   *
   * @param prefix of the keys, without slashes around it; empty for none
   * @param loadBalancerArn which load balancer asks, for conditions on `aws:SourceArn`
   */
  mayDeliverLogs(name: string, prefix: string, loadBalancerArn = this.#anyLoadBalancer()): boolean {
    const { accountId, region } = this.context;
    const bucket = this.#byName.get(name);
    if (bucket?.encryption !== "AES256") return false;
    const key = `${prefix === "" ? "" : `${prefix}/`}AWSLogs/${accountId}/ELBAccessLogTestFile`;
    const request = {
      action: "s3:PutObject",
      resource: `arn:aws:s3:::${name}/${key}`,
      context: {
        "aws:securetransport": "true",
        "aws:sourceaccount": accountId,
        "aws:sourcearn": loadBalancerArn,
        "s3:x-amz-acl": "bucket-owner-full-control",
      },
    };
    const principals = [
      { type: "Service", value: LOG_DELIVERY_SERVICE },
      { type: "AWS", value: `arn:aws:iam::${LOG_DELIVERY_ACCOUNTS[region]}:root` },
    ];
    const log = (line: string) => this.context.log(`policy of bucket ${name}: ${line}`);
    return principals.some((principal) => isAllowed(bucket.policy?.statements ?? [], { ...request, principal }, log));
  }

  #anyLoadBalancer(): string {
    const { region, accountId } = this.context;
    return `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/app/any/0000000000000000`;
  }
}

/** Everybody is allowed something, and no condition narrows it. */
function isPublic({ effect, principals = [], conditions }: Statement): boolean {
  return effect === "Allow" && conditions.length === 0 && principals.some(({ value }) => value === "*");
}
