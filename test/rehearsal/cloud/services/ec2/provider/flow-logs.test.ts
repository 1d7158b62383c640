import { expect } from "chai";
import { networkTypes } from "../../../../../../rehearsal/cloud/services/ec2";
import { FlowLogs } from "../../../../../../rehearsal/cloud/services/ec2/model/flow-logs";
import { Network } from "../../../../../../rehearsal/cloud/services/ec2/model/network";
import { flowLogTypes } from "../../../../../../rehearsal/cloud/services/ec2/provider/flow-logs";
import { iamTypes } from "../../../../../../rehearsal/cloud/services/iam";
import { Iam } from "../../../../../../rehearsal/cloud/services/iam/model/iam";
import { CloudWatchLogs } from "../../../../../../rehearsal/cloud/services/logs/model/cloudwatch-logs";
import { logGroupType } from "../../../../../../rehearsal/cloud/services/logs/provider/log-group";
import { Stack } from "../../../provider/stack";
import { silentCloud } from "../../../silent-cloud";

const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const statement = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });

function scene() {
  const lines: string[] = [];
  const context = { ...silentCloud(), log: (line: string) => void lines.push(line) };
  const network = new Network(context);
  const iam = new Iam(context);
  const logs = new CloudWatchLogs(context, "/nowhere");
  const flowLogs = new FlowLogs(context, { vpcs: network.vpcs, permissions: iam, logs });
  const stack = new Stack([
    ...networkTypes(network),
    ...iamTypes(iam),
    logGroupType(logs),
    ...flowLogTypes(context, flowLogs),
  ]);
  return { lines, stack, logs };
}

async function parts(stack: Stack, service = "vpc-flow-logs.amazonaws.com", action = "logs:PutLogEvents") {
  const vpc = await stack.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
  const group = await stack.create("aws:cloudwatch/logGroup:LogGroup", { name: "/flow", retentionInDays: 30 });
  const trust = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  const role = await stack.create("aws:iam/role:Role", { path: "/shop/prod/", assumeRolePolicy: statement(trust) });
  const write = { Effect: "Allow", Action: ["logs:CreateLogStream", action], Resource: `${group.outputs.arn}:*` };
  await stack.create("aws:iam/rolePolicy:RolePolicy", { role: role.id, policy: statement(write) });
  return { vpcId: vpc.id, trafficType: "ALL", logDestination: group.outputs.arn, iamRoleArn: role.outputs.arn };
}

describe("rehearsal/cloud/services/ec2/provider/flow-logs", () => {
  it("creates a flow log of a VPC to a log group that the role can write to", async () => {
    const { lines, stack, logs } = scene();
    const inputs = await parts(stack);
    const flowLog = await stack.create(FLOW_LOG, inputs);
    expect(flowLog.id).to.match(/^fl-[0-9a-f]{17}$/);
    expect(lines).to.deep.equal([]);
    await stack.destroy();
    logs.close();
  });

  it("refuses a second flow log with the same settings", async () => {
    const { stack, logs } = scene();
    const inputs = await parts(stack);
    await stack.create(FLOW_LOG, inputs);
    const error = await stack.create(FLOW_LOG, inputs).catch((reason: Error) => reason);
    expect(String(error)).to.contain("existing Flow Log");
    logs.close();
  });

  it("refuses a role that the service cannot assume", async () => {
    const { stack, logs } = scene();
    const inputs = await parts(stack, "ec2.amazonaws.com");
    const error = await stack.create(FLOW_LOG, inputs).catch((reason: Error) => reason);
    expect(String(error)).to.contain(`Unable to assume given IAM role: '${inputs.iamRoleArn}'`);
    logs.close();
  });

  it("creates a flow log with a role that cannot write, and logs the access error", async () => {
    const { lines, stack, logs } = scene();
    await stack.create(FLOW_LOG, await parts(stack, "vpc-flow-logs.amazonaws.com", "logs:GetLogEvents"));
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^flow log fl-\w+: Access error: .* is not allowed logs:PutLogEvents$/);
    logs.close();
  });
});
