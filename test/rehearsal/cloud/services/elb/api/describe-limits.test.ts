import "../../../../../../automation/core/silent-aws-sdk";
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect } from "chai";
import { queryProtocol } from "../../../../../../rehearsal/cloud/protocols/query";
import { elbOperations } from "../../../../../../rehearsal/cloud/services/elb/api/elb";
import { Scene } from "../../../api/scene";

describe("rehearsal/cloud/services/elb/api: what one call describes", () => {
  let api: Scene;
  let client: ElasticLoadBalancingV2Client;
  const arns = (count: number) => Array.from({ length: count }, (_, place) => `arn-${place}`);

  before(async () => {
    const rule = {
      ...{ priority: 1, hostHeaders: [], hostRegexes: [], pathPatterns: [], httpHeaders: [] },
      action: { type: "fixed-response", fixedResponse: { statusCode: "404", contentType: "text/plain" } },
    };
    const balancing = {
      listeners: { get: (arn: string) => ({ arn, port: 443, protocol: "HTTPS" }) },
      rules: { get: (arn: string) => ({ arn, ...rule }) },
      targetGroups: { get: (arn: string) => ({ arn, name: "users", vpcId: "vpc-1" }) },
      describeLoadBalancers: () => arns(30).map((LoadBalancerArn) => ({ LoadBalancerArn })),
    };
    api = new Scene(1);
    const operations = elbOperations(balancing as never, () => undefined);
    await api.start({ elasticloadbalancing: { protocol: queryProtocol, operations } });
    client = new ElasticLoadBalancingV2Client(api.options());
  });
  after(() => api.close());

  it("E62: takes 20 ARNs and refuses more, but lists all load balancers where none is named", async () => {
    const asked = {
      rules: (count: number) => client.send(new DescribeRulesCommand({ RuleArns: arns(count) })),
      listeners: (count: number) => client.send(new DescribeListenersCommand({ ListenerArns: arns(count) })),
      "target groups": (count: number) =>
        client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: arns(count) })),
      "load balancers": (count: number) =>
        client.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: arns(count) })),
    };
    for (const [what, ask] of Object.entries(asked)) {
      await ask(20);
      const refusal = await ask(21).then(
        () => "nothing was refused",
        ({ name, message }: Error) => `${name}: ${message}`,
      );
      expect(refusal).to.equal(`ValidationError: You cannot describe more than '20' ${what} at a time`);
    }
    expect((await client.send(new DescribeLoadBalancersCommand({}))).LoadBalancers).to.have.lengthOf(30);
  });
});
