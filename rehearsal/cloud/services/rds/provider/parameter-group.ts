import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { ParameterGroups } from "../model/parameter-groups";

const MAX_NAME_LENGTH = 255;

const Parameter = z.strictObject({
  name: z.string(),
  value: z.string(),
  applyMethod: z.enum(["immediate", "pending-reboot"]).default("immediate"),
});

type Parameters = readonly z.output<typeof Parameter>[];

/** The parameters that are known to be static here, which take effect with the next start (aws-rules B15). */
function isStatic(family: string, name: string): boolean {
  return name === "rds.force_ssl" && Number(family.replace("postgres", "")) < 15;
}

/** @throws AwsError `InvalidParameterCombination` */
function checkApplyMethods(family: string, parameters: Parameters = []): void {
  if (parameters.some(({ name, applyMethod }) => applyMethod === "immediate" && isStatic(family, name)))
    throw new AwsError("InvalidParameterCombination", "cannot use immediate apply method for static parameter");
}

export function parameterGroupType(groups: ParameterGroups): ResourceType {
  const valuesOf = (parameters: Parameters = []) =>
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
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn"],
    async create({ name, description, family, parameters }) {
      checkApplyMethods(family, parameters);
      const group = groups.create({ name: name!, description, family, parameters: valuesOf(parameters) });
      return { id: group.name, outputs: { arn: group.arn } };
    },
    async read(id) {
      const group = groups.find(id);
      return group ? { arn: group.arn, name: group.name, family: group.family, description: group.description } : null;
    },
    async update(id, { family, parameters }) {
      checkApplyMethods(family, parameters);
      groups.setParameters(id, valuesOf(parameters));
      return {};
    },
    async delete(id) {
      if (groups.find(id)) groups.delete(id);
    },
  });
}
