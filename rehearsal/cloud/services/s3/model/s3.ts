import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { logDeliveryFolder } from "../../../kernel/log-delivery-folder";
import { isAllowed } from "../../iam/model/evaluate";
import { parsePolicy, type Statement } from "../../iam/model/policy-document";
import { BucketObjects, type Versioning } from "./bucket-objects";
import { checkLifecycle, type LifecycleRule } from "./lifecycle";

/** Characters. */
export const MAX_BUCKET_NAME_LENGTH = 63;
const LOG_DELIVERY_SERVICE = "logdelivery.elasticloadbalancing.amazonaws.com";
/**
 * The AWS accounts that write the access logs of load balancers, by Region. A bucket policy can allow such an account
 * or the service.
 */
const LOG_DELIVERY_ACCOUNTS: Record<string, string> = {
  "us-east-1": "127311923021",
  "us-east-2": "033677994240",
  "us-west-1": "027434742980",
  "us-west-2": "797873946194",
  "ap-northeast-1": "582318560864",
  "ap-northeast-2": "600734575887",
  "ap-northeast-3": "383597477331",
  "ap-south-1": "718504428378",
  "ap-southeast-1": "114774131450",
  "ap-southeast-2": "783225319266",
  "ca-central-1": "985666609251",
  "eu-central-1": "054676820928",
  "eu-north-1": "897822967062",
  "eu-west-1": "156460612806",
  "eu-west-2": "652711504416",
  "eu-west-3": "009996457667",
  "sa-east-1": "507241528517",
};

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
  /** The default is `AES256`. A load balancer cannot write to a bucket with `aws:kms`. */
  encryption: "AES256" | "aws:kms" | "aws:kms:dsse";
  ownership: "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";
  /** No object expires in a rehearsal. */
  lifecycle: readonly LifecycleRule[];
  objects: BucketObjects;
}

/** The default of new buckets since April 2023. */
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

/** S3: the account's buckets, with their objects in memory. */
export class S3 {
  readonly #byName = new Map<string, Bucket>();

  /** @param now S3's clock, in Unix milliseconds */
  constructor(
    readonly context: CloudContext,
    readonly now: () => number = Date.now,
  ) {}

  createBucket(name: string): Bucket {
    if (name.length < 3 || name.length > MAX_BUCKET_NAME_LENGTH || !/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(name)) {
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
      ownership: "BucketOwnerEnforced",
      lifecycle: [],
      objects: new BucketObjects(this.context.random, this.now),
    };
    this.#byName.set(name, bucket);
    return bucket;
  }

  find(name: string): Bucket | undefined {
    return this.#byName.get(name);
  }

  get(name: string): Bucket {
    return orNotFound(this.#byName.get(name), "NoSuchBucket", "The specified bucket does not exist");
  }

  all(): Bucket[] {
    return [...this.#byName.values()];
  }

  /** @param force true deletes the bucket's objects and all their versions first (aws-rules S7) */
  deleteBucket(name: string, force: boolean): void {
    const { objects } = this.get(name);
    if (force) objects.clear();
    if (!objects.isEmpty) {
      const more = objects.versioning === null ? "" : ". You must delete all versions in the bucket.";
      throw new AwsError("BucketNotEmpty", `The bucket you tried to delete is not empty${more}`);
    }
    this.#byName.delete(name);
  }

  setVersioning(name: string, versioning: Exclude<Versioning, null>): void {
    this.get(name).objects.versioning = versioning;
  }

  /** @throws AwsError as `checkLifecycle` */
  setLifecycle(name: string, rules: readonly LifecycleRule[]): void {
    const bucket = this.get(name);
    checkLifecycle(rules);
    bucket.lifecycle = rules;
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

  /** @param block null removes the block, so that policies and ACLs can make the bucket public */
  setPublicAccess(name: string, block: PublicAccessBlock | null): void {
    this.get(name).publicAccess = block ?? NOTHING_BLOCKED;
  }

  /**
   * Writes the object that Elastic Load Balancing writes when access logs are turned on (aws-rules S10). If it fails, it
   * refuses with `InvalidConfigurationRequest` "Access Denied for bucket: <bucket>. Please check S3bucket permission".
   *
   * @param prefix of the keys, without slashes at its ends; may be empty
   * @returns whether it could be written
   */
  openLogDelivery(name: string, prefix: string): boolean {
    if (!this.mayDeliverLogs(name, prefix)) return false;
    this.get(name).objects.put(this.#testFile(prefix), { body: Buffer.from(`Enable AccessLog for ELB: ${name}`) });
    return true;
  }

  /** Writes an object as Elastic Load Balancing does; without the right to do so, or the bucket, it is lost. */
  deliverLog(name: string, prefix: string, key: string, body: Buffer): void {
    if (this.mayDeliverLogs(name, prefix)) this.get(name).objects.put(key, { body });
  }

  /**
   * Whether Elastic Load Balancing can write access logs to the bucket. ELB writes a test object when access logs are
   * turned on. If that fails, it refuses with `InvalidConfigurationRequest` "Access Denied for bucket: <bucket>. Please
   * check S3bucket permission".
   *
   * The request names neither load balancer nor account (aws-rules E46), so an Allow with a condition on
   * `aws:SourceArn` or `aws:SourceAccount` allows nothing.
   *
   * @param prefix of the keys, without slashes at its ends; may be empty
   */
  mayDeliverLogs(name: string, prefix: string): boolean {
    const { region } = this.context;
    const bucket = this.#byName.get(name);
    if (bucket?.encryption !== "AES256") return false;
    const key = this.#testFile(prefix);
    const request = {
      action: "s3:PutObject",
      resource: `arn:aws:s3:::${name}/${key}`,
      context: {
        "aws:securetransport": "true",
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

  #testFile(prefix: string): string {
    return `${logDeliveryFolder(prefix, this.context.accountId)}ELBAccessLogTestFile`;
  }
}

/** Whether the statement allows everybody something without a condition. */
function isPublic({ effect, principals = [], conditions }: Statement): boolean {
  return effect === "Allow" && conditions.length === 0 && principals.some(({ value }) => value === "*");
}
