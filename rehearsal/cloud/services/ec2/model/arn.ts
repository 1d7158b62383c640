import type { CloudContext } from "../../../kernel/context";

/**
 * The ARN of an EC2 resource.
 * @param type such as `subnet`, `natgateway`, `elastic-ip`
 */
export function ec2Arn(context: CloudContext, type: string, id: string): string {
  return `arn:aws:ec2:${context.region}:${context.accountId}:${type}/${id}`;
}
