import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Network } from "../model/network";
import type { SecurityGroup } from "../model/security-groups";
import { securityGroupOutputs } from "./security-group-outputs";

/**
 * The default security group of a VPC, without rules. The provider creates nothing: it takes over the group that came
 * with the VPC and removes its rules. The group is deleted with its VPC only, and then still has no rules (TFP
 * ec2/vpc_default_security_group.go). Rules are not supported.
 */
export function defaultSecurityGroupType(network: Network): ResourceType {
  const { context, securityGroups } = network;
  const outputs = (group: SecurityGroup) => securityGroupOutputs(context, group);
  return defineResource({
    token: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    awsCalls: {
      create: "ec2:RevokeSecurityGroupIngress",
      read: "ec2:DescribeSecurityGroups",
      update: "ec2:CreateTags",
      delete: "ec2:DescribeSecurityGroups",
    },
    inputs: z.object({ vpcId: z.string(), tags }),
    replaceOn: ["vpcId"],
    computed: ["arn", "name", "description", "ownerId"],
    async create({ vpcId }) {
      const group = securityGroups.inVpc(vpcId).find(({ name }) => name === "default");
      if (!group) throw new AwsError("InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
      for (const rule of [...group.rules]) securityGroups.revoke(rule.id);
      return { id: group.id, outputs: outputs(group) };
    },
    read: async (id) => outputsIf(securityGroups.find(id), outputs),
    async update(id) {
      return outputs(securityGroups.get(id));
    },
    async delete() {},
  });
}
