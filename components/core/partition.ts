/**
 * Partitions of AWS by how the names of their regions begin. Each has accounts, IAM and ARNs of its own; all other
 * regions are in `aws` (AWS General Reference, ARNs; the endpoints file of the AWS SDKs).
 */
const PARTITIONS: readonly [string, string][] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["eusc-", "aws-eusc"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["eu-isoe-", "aws-iso-e"],
  ["us-isof-", "aws-iso-f"],
];

/** The partition of a region, with which its ARNs begin after `arn:`, such as `aws` or `aws-cn`. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([start]) => region.startsWith(start))?.[1] ?? "aws";
}
