import { AwsError } from "../../../kernel/aws-error";

/** Rules of one bucket, at most. */
const MAX_RULES = 1_000;

export interface LifecycleRule {
  id: string;
  status: "Enabled" | "Disabled";
  filter?: { prefix?: string | undefined } | undefined;
  expiration?: { days?: number | undefined; expiredObjectDeleteMarker?: boolean | undefined } | undefined;
  noncurrentVersionExpiration?: { noncurrentDays: number } | undefined;
  abortIncompleteMultipartUpload?: { daysAfterInitiation: number } | undefined;
}

/**
 * Checks the lifecycle rules of a bucket as S3 does when they are stored.
 * @throws AwsError InvalidArgument, InvalidRequest, MalformedXML
 */
export function checkLifecycle(rules: readonly LifecycleRule[]): void {
  if (rules.length > MAX_RULES) throw malformed();
  const ids = rules.map(({ id }) => id).filter((id) => id !== "");
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw new AwsError("InvalidArgument", `Rule ID must be unique. Found same ID for more than one rule: ${twice}`);
  }
  for (const rule of rules) checkRule(rule);
}

function checkRule({ expiration, noncurrentVersionExpiration, abortIncompleteMultipartUpload, filter }: LifecycleRule) {
  // Without a filter the rule would need the older element Prefix, which the provider's resource does not have.
  if (filter === undefined) throw malformed();
  const actions = [expiration, noncurrentVersionExpiration, abortIncompleteMultipartUpload];
  if (actions.every((action) => action === undefined)) {
    throw new AwsError("InvalidRequest", "At least one action needs to be specified in a rule");
  }
  if (expiration && (expiration.days === undefined) === (expiration.expiredObjectDeleteMarker === undefined)) {
    throw malformed();
  }
}

function malformed(): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}
