import { ElasticLoadBalancingV2Client, ModifyRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CALL_LIMITS } from "../core/aws-limits";
import type { ProductionRule, TrafficSwitch } from "../ports/traffic-switch";

/**
 * Changes listener rules through AWS's own interface. In a rehearsal `AWS_ENDPOINT_URL` leads it to the rehearsal
 * cloud.
 */
export class AwsTrafficSwitch implements TrafficSwitch {
  readonly #elb: ElasticLoadBalancingV2Client;

  constructor(region: string) {
    this.#elb = new ElasticLoadBalancingV2Client({ region, ...CALL_LIMITS });
  }

  async route({ arn, targetGroups }: ProductionRule): Promise<void> {
    const TargetGroups = targetGroups.map((group) => ({ TargetGroupArn: group.arn, Weight: group.weight }));
    await this.#elb.send(
      new ModifyRuleCommand({ RuleArn: arn, Actions: [{ Type: "forward", ForwardConfig: { TargetGroups } }] }),
    );
  }
}
