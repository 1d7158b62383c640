import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { SubnetGroup, SubnetGroups } from "../model/subnet-groups";

const MAX_NAME_LENGTH = 255;

export function subnetGroupType(groups: SubnetGroups): ResourceType {
  const outputs = ({ arn, vpcId }: SubnetGroup) => ({ arn, vpcId, supportedNetworkTypes: ["IPV4"] });
  return defineResource({
    token: "aws:rds/subnetGroup:SubnetGroup",
    awsCalls: {
      create: "rds:CreateDBSubnetGroup",
      read: "rds:DescribeDBSubnetGroups",
      update: "rds:ModifyDBSubnetGroup",
      delete: "rds:DeleteDBSubnetGroup",
    },
    inputs: z.object({
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      description: z.string().default("Managed by Pulumi"),
      subnetIds: z.array(z.string()),
      tags,
    }),
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn", "vpcId", "supportedNetworkTypes"],
    async create({ name, description, subnetIds }) {
      return { id: name!, outputs: outputs(groups.create(name!, description, subnetIds)) };
    },
    async read(id) {
      const group = groups.find(id);
      return group ? { ...outputs(group), name: group.name, description: group.description } : null;
    },
    async update(id, { description, subnetIds }) {
      return outputs(groups.update(id, description, subnetIds));
    },
    async delete(id) {
      if (groups.find(id)) groups.delete(id);
    },
  });
}
