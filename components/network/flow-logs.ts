import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { flowLogGroupName, rolePath } from "../core/names";
import type { Tags } from "../core/tags";
import type { NewNetwork } from "../settings/settings";

const RETENTION_DAYS = 30;
/** The longest interval that AWS offers, which gives the fewest records. */
const AGGREGATION_SECONDS = 600;
const TRAFFIC = { rejected: "REJECT", all: "ALL" };

export interface FlowLogsArgs {
  account: Account;
  vpcId: pulumi.Input<string>;
  which: Exclude<NewNetwork["flowLogs"], "none">;
  tags: Tags;
}

/**
 * Creates flow logs: which connections were made or tried in the network. They go to a log group of their own,
 * through a role that can do nothing else.
 */
export function createFlowLogs(parent: pulumi.Resource, name: string, args: FlowLogsArgs): void {
  const { account, vpcId, which, tags } = args;
  const group = new aws.cloudwatch.LogGroup(
    `${name}-flow-logs`,
    { name: flowLogGroupName(account), retentionInDays: RETENTION_DAYS, tags },
    { parent },
  );
  const role = new aws.iam.Role(
    `${name}-flow-logs`,
    { path: rolePath(account), assumeRolePolicy: pulumi.jsonStringify(trustPolicy(account)), tags },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-flow-logs`,
    { role: role.name, policy: pulumi.jsonStringify(writePolicy(group.arn)) },
    { parent },
  );
  new aws.ec2.FlowLog(
    `${name}-flow-logs`,
    {
      vpcId,
      trafficType: TRAFFIC[which],
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: AGGREGATION_SECONDS,
      tags,
    },
    { parent, dependsOn: [policy] },
  );
}

/** Lets the flow logs service assume the role for this account only: the service acts for every account. */
function trustPolicy({ id }: Account) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": id } },
      },
    ],
  };
}

function writePolicy(groupArn: pulumi.Output<string>) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "WriteFlowLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: pulumi.interpolate`${groupArn}:*`,
      },
    ],
  };
}
