import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { ParameterGroups } from "../model/parameter-groups";

const MAX_NAME_LENGTH = 255;

const Parameter = z.strictObject({
  name: z.string(),
  value: z.string(),
  applyMethod: z.enum(["immediate", "pending-reboot"]).default("immediate"),
});

export function parameterGroupType(groups: ParameterGroups): ResourceType {
  const valuesOf = (parameters: readonly z.output<typeof Parameter>[] = []) =>
    Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  return defineResource({
    token: "aws:rds/parameterGroup:ParameterGroup",
    awsCalls: {
      create: "rds:CreateDBParameterGroup",
      read: "rds:DescribeDBParameterGroups",
      update: "rds:ModifyDBParameterGroup",
      delete: "rds:DeleteDBParameterGroup",
    },
    inputs: z.object({
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      description: z.string().default("Managed by Pulumi"),
      family: z.string(),
      parameters: z.array(Parameter).optional(),
      skipDestroy: z.literal(false).default(false),
      tags,
    }),
    replaceOn: ["name", "namePrefix", "description", "family"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: MAX_NAME_LENGTH },
    computed: ["arn"],
    async create({ name, description, family, parameters }) {
      const group = groups.create({ name: name!, description, family, parameters: valuesOf(parameters) });
      return { id: group.name, outputs: { arn: group.arn } };
    },
    async read(id) {
      const group = groups.find(id);
      return group ? { arn: group.arn, name: group.name, family: group.family, description: group.description } : null;
    },
    async update(id, { parameters }) {
      groups.setParameters(id, valuesOf(parameters));
      return {};
    },
    async delete(id) {
      if (groups.find(id)) groups.delete(id);
    },
  });
}
