/** An account, its region and its partition, as ARNs have them. */
export interface ArnParts {
  /** The partition of AWS, such as `aws`; see `partitionOf`. */
  partition: string;
  region: string;
  /** 12 digits. */
  id: string;
}

/** Returns the part after the last slash, such as a task's id, or the name in `role/<path>/<name>`; of a name, the name. */
export function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** ARN of something in the account's region. */
export function regionalArn({ partition, region, id }: ArnParts, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${id}:${resource}`;
}

/** ARN of something in IAM, which has no region. */
export function iamArn({ partition, id }: Omit<ArnParts, "region">, resource: string): string {
  return `arn:${partition}:iam::${id}:${resource}`;
}

/** ARN of a bucket, which has neither region nor account. */
export function bucketArn({ partition }: Pick<ArnParts, "partition">, bucket: string): string {
  return `arn:${partition}:s3:::${bucket}`;
}
