import "../../../../../../automation/core/silent-aws-sdk";
import { DeregisterTargetsCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect } from "chai";
import { queryProtocol } from "../../../../../../rehearsal/cloud/protocols/query";
import { elbOperations } from "../../../../../../rehearsal/cloud/services/elb/api/elb";
import { TargetGroups } from "../../../../../../rehearsal/cloud/services/elb/model/target-groups";
import { failureOf } from "../../../../../failure-of";
import { Scene } from "../../../api/scene";

describe("rehearsal/cloud/services/elb/api: targets", () => {
  it("refuses to deregister targets of a target group that is gone", async () => {
    const api = new Scene(1);
    const targetGroups = new TargetGroups(
      { emit: () => {} },
      { targetGroups: new Map() } as never,
      {} as never,
      () => {},
    );
    const targets = { deregister: () => Promise.reject(new Error("there is no group")) };
    const operations = elbOperations({ targetGroups, targets } as never, () => undefined);
    await api.start({ elasticloadbalancing: { protocol: queryProtocol, operations } });
    const client = new ElasticLoadBalancingV2Client(api.options());
    try {
      const TargetGroupArn =
        "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/users/0123456789abcdef";
      const call = client.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "i-1" }] }));
      expect((await failureOf(call)).name).to.match(/^TargetGroupNotFound/);
    } finally {
      client.destroy();
      await api.close();
    }
  });
});
