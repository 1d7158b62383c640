import type { CloudContext } from "../../../kernel/context";
import { ec2Arn } from "../model/arn";
import type { SecurityGroup } from "../model/security-groups";

/** Returns the outputs that every security group has, whichever resource type declares it. */
export function securityGroupOutputs(context: CloudContext, group: SecurityGroup) {
  return {
    arn: ec2Arn(context, "security-group", group.id),
    vpcId: group.vpcId,
    name: group.name,
    description: group.description,
    ownerId: context.accountId,
  };
}
