import { expect } from "chai";
import { additions, inputs, names, ROLE_POLICY } from "../declared";
import { declare, STATES } from "../world";

const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const world = (flowLogs?: string) =>
  declare({ services: { users: STATES.start }, config: flowLogs ? { network: { flowLogs } } : {} });

describe("flow logs", () => {
  it("do not exist without the setting", async () => {
    expect(names(await world(), FLOW_LOG)).to.deep.equal([]);
    expect(names(await world("none"), FLOW_LOG)).to.deep.equal([]);
  });

  for (const [setting, trafficType] of [
    ["rejected", "REJECT"],
    ["all", "ALL"],
  ] as const) {
    it(`${setting}: ${trafficType} of the whole network, in a log group of their own`, async () => {
      const declared = await world(setting);
      expect(additions(await world(), declared).map(({ name }) => name)).to.deep.equal([
        "network-flow-logs",
        "network-flow-logs",
        "network-flow-logs",
        "network-flow-logs",
      ]);
      expect(inputs(declared, "network-flow-logs", FLOW_LOG)).to.deep.include({
        vpcId: "vpc",
        trafficType,
        logDestinationType: "cloud-watch-logs",
        logDestination: "network-flow-logs.arn",
        iamRoleArn: "network-flow-logs.arn",
      });
      expect(inputs(declared, "network-flow-logs", "aws:cloudwatch/logGroup:LogGroup")).to.deep.include({
        name: "/aoshingo/prod/network/flow",
        retentionInDays: 30,
      });
    });
  }

  it("are written by a role that AWS assumes for this account only, and that can do nothing else", async () => {
    const declared = await world("all");
    const role = inputs(declared, "network-flow-logs", "aws:iam/role:Role");
    expect(JSON.parse(String(role.assumeRolePolicy)).Statement).to.deep.equal([
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
    const { Statement } = JSON.parse(String(inputs(declared, "network-flow-logs", ROLE_POLICY).policy));
    expect(Statement).to.have.length(1);
    expect(Statement[0].Resource).to.equal("network-flow-logs.arn:*");
  });
});
