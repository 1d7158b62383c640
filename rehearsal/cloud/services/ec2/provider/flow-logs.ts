import { z } from "zod";
import type { CloudContext } from "../../../kernel/context";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import { ec2Arn } from "../model/arn";
import type { FlowLogs } from "../model/flow-logs";

/**
 * Flow logs of a VPC to CloudWatch Logs. Flow logs of subnets and interfaces, and other destinations, are not modelled.
 */
export function flowLogTypes(context: CloudContext, flowLogs: FlowLogs): ResourceType[] {
  return [
    defineResource({
      token: "aws:ec2/flowLog:FlowLog",
      awsCalls: {
        create: "ec2:CreateFlowLogs",
        read: "ec2:DescribeFlowLogs",
        update: "ec2:CreateTags",
        delete: "ec2:DeleteFlowLogs",
      },
      inputs: z.object({
        vpcId: z.string(),
        trafficType: z.enum(["ACCEPT", "ALL", "REJECT"]),
        logDestinationType: z.literal("cloud-watch-logs").default("cloud-watch-logs"),
        logDestination: z.string(),
        iamRoleArn: z.string(),
        maxAggregationInterval: z.literal([60, 600]).default(600),
        tags,
      }),
      replaceOn: [
        ...(["vpcId", "trafficType", "logDestinationType", "logDestination", "iamRoleArn"] as const),
        "maxAggregationInterval",
      ],
      computed: ["arn"],
      async create(inputs) {
        const { id } = flowLogs.create(inputs);
        return { id, outputs: { arn: ec2Arn(context, "vpc-flow-log", id) } };
      },
      async read(id) {
        const found = flowLogs.find(id);
        if (!found) return null;
        const { id: _, ...settings } = found;
        return { ...settings, arn: ec2Arn(context, "vpc-flow-log", id) };
      },
      // Only tags change in place.
      async update() {
        return {};
      },
      async delete(id) {
        flowLogs.delete(id);
      },
    }),
  ];
}
