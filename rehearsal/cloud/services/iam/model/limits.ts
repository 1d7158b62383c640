import { AwsError } from "../../../kernel/aws-error";

/** Characters of a policy as IAM counts them: white space is free (aws-rules I2). */
export function policySize(json: string): number {
  return json.replace(/\s/g, "").length;
}

/** Refuses a name that is too long or has other characters than IAM's (I1). */
export function refuseName(name: string, field: string, maxLength: number): void {
  const fault =
    name.length > maxLength
      ? `Member must have length less than or equal to ${maxLength}`
      : /^[\w+=,.@-]+$/.test(name)
        ? null
        : "Member must satisfy regular expression pattern: [\\w+=,.@-]+";
  if (fault) {
    throw new AwsError(
      "ValidationError",
      `1 validation error detected: Value '${name}' at '${field}' failed to satisfy constraint: ${fault}`,
    );
  }
}
