import { AwsError } from "../../../kernel/aws-error";

/** The longest names that IAM allows, in characters (aws-rules I1). */
export const MAX_NAME_LENGTH = { role: 64, policy: 128, instanceProfile: 128 };

/** The number of characters of a policy as IAM counts it, without white space (aws-rules I2). */
export function policySize(json: string): number {
  return json.replace(/\s/g, "").length;
}

/** @throws AwsError ValidationError for a name that is too long or has characters that IAM does not allow (I1) */
export function refuseName(name: string, field: string, maxLength: number): void {
  const problem =
    name.length > maxLength
      ? `Member must have length less than or equal to ${maxLength}`
      : /^[\w+=,.@-]+$/.test(name)
        ? null
        : "Member must satisfy regular expression pattern: [\\w+=,.@-]+";
  if (problem) {
    throw new AwsError(
      "ValidationError",
      `1 validation error detected: Value '${name}' at '${field}' failed to satisfy constraint: ${problem}`,
    );
  }
}
