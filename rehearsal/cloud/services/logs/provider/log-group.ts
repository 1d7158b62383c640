import { z } from "zod";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import { type CloudWatchLogs, type LogGroup, RETENTION_DAYS } from "../model/cloudwatch-logs";

const MAX_NAME_LENGTH = 512;
/** The provider's word for "for ever". */
const FOR_EVER = 0;

export function logGroupType(logs: CloudWatchLogs): ResourceType {
  const outputs = ({ name, arn, retentionInDays }: LogGroup) => ({
    arn,
    name,
    retentionInDays: retentionInDays ?? FOR_EVER,
  });
  const daysOf = (retention: number) => (retention === FOR_EVER ? null : retention);
  return defineResource({
    token: "aws:cloudwatch/logGroup:LogGroup",
    awsCalls: {
      create: "logs:CreateLogGroup",
      read: "logs:DescribeLogGroups",
      update: "logs:PutRetentionPolicy",
      delete: "logs:DeleteLogGroup",
    },
    inputs: z.object({
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      retentionInDays: z
        .int()
        .refine((days) => days === FOR_EVER || RETENTION_DAYS.includes(days), {
          error: `expected retention_in_days to be one of [${[FOR_EVER, ...RETENTION_DAYS].join(" ")}]`,
        })
        .default(FOR_EVER),
      logGroupClass: z.enum(["STANDARD", "INFREQUENT_ACCESS"]).default("STANDARD"),
      skipDestroy: z.boolean().default(false),
      tags,
    }),
    optionalComputed: ["logGroupClass"],
    replaceOn: ["name", "namePrefix", "logGroupClass"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn"],
    async create({ name, retentionInDays }) {
      const group = logs.createGroup(name!, daysOf(retentionInDays));
      return { id: group.name, outputs: outputs(group) };
    },
    read: async (id) => outputsIf(logs.find(id), outputs),
    async update(id, { retentionInDays }) {
      return outputs(logs.setRetention(id, daysOf(retentionInDays)));
    },
    async delete(id, { skipDestroy }) {
      if (!skipDestroy && logs.exists(id)) logs.deleteGroup(id);
    },
  });
}
