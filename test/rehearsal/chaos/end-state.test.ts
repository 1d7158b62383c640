import "../../../automation/core/silent-aws-sdk";
import { ElasticLoadBalancingV2Client, ModifyRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect } from "chai";
import { productionRules } from "../../../automation/observe/production-rules";
import { COLOURS, other } from "../../../components/core/colour-name";
import { endStateProblems } from "../../../rehearsal/chaos/end-state";
import type { RunningStack } from "../running-stack";
import { sharedStack } from "../shared-stack";

/** What `make chaos` and `make faults` compare every run's end with. */
describe("the end state of a run", () => {
  let stack: RunningStack;
  before(async () => {
    stack = await sharedStack({ from: "release" });
  });

  it("has no problem where a deploy was done", async () => {
    const { release } = (await stack.production())!;
    expect(await endStateProblems(stack.environment, "users", { release })).to.deep.equal([]);
  });

  it("is wrong if production runs another release than the run's outcome says", async () => {
    const { release } = (await stack.production())!;
    expect(await endStateProblems(stack.environment, "users", { release: "v0" })).to.deep.equal([
      `production runs ${release}, wanted v0`,
    ]);
  });

  it("is wrong if a rule of one load balancer still gives the other colour a share", async () => {
    const { live, services } = await stack.outputs();
    const { active } = live.services.users!;
    const rule = productionRules(services.users!, active).find(({ loadBalancer }) => loadBalancer === other(active))!;
    const elb = new ElasticLoadBalancingV2Client(stack.clientOptions);
    const give = (idleShare: number) => {
      const TargetGroups = rule.targetGroups.map(({ arn, colour }) => ({
        TargetGroupArn: arn,
        Weight: colour === active ? 100 - idleShare : idleShare,
      }));
      const Actions = [{ Type: "forward" as const, ForwardConfig: { TargetGroups } }];
      return elb.send(new ModifyRuleCommand({ RuleArn: rule.arn, Actions }));
    };
    try {
      await give(1);
      const shares = COLOURS.map((colour) =>
        colour === active ? `99 % to ${colour}, wanted 100 %` : `1 % to ${colour}, wanted 0 %`,
      );
      expect(await endStateProblems(stack.environment, "users")).to.deep.equal([
        `the production rule on the public ${other(active)} load balancer gives ${shares.join(", ")}`,
      ]);
    } finally {
      await give(0);
    }
  });
});
