import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { type Operation, operation } from "../../../protocols/service";
import type { LoadBalancing } from "../model/load-balancing";

const forwardAction = z.strictObject({
  Type: z.literal("forward"),
  ForwardConfig: z.strictObject({
    TargetGroups: z.array(z.strictObject({ TargetGroupArn: z.string(), Weight: z.coerce.number() })),
  }),
});

export function elbOperations(
  loadBalancing: Pick<LoadBalancing, "describeTargetHealth" | "describeLoadBalancers" | "rules">,
): Record<string, Operation> {
  return {
    DescribeTargetHealth: operation({ TargetGroupArn: z.string() }, ({ TargetGroupArn }) => ({
      TargetHealthDescriptions: loadBalancing.describeTargetHealth(TargetGroupArn),
    })),
    ModifyRule: operation({ RuleArn: z.string(), Actions: z.array(forwardAction).min(1) }, ({ RuleArn, Actions }) => {
      const actions = Actions.map(({ Type, ForwardConfig }) => ({
        type: Type,
        forward: {
          targetGroups: ForwardConfig.TargetGroups.map(({ TargetGroupArn, Weight }) => ({
            arn: TargetGroupArn,
            weight: Weight,
          })),
        },
      }));
      loadBalancing.rules.modify(RuleArn, { actions });
      return { Rules: [{ RuleArn }] };
    }),
    DescribeLoadBalancers: operation(
      { LoadBalancerArns: z.array(z.string()).optional(), Names: z.array(z.string()).optional() },
      ({ LoadBalancerArns, Names }) => {
        const all = loadBalancing.describeLoadBalancers();
        const wanted = LoadBalancerArns ?? Names;
        if (wanted === undefined) return { LoadBalancers: all };
        const key = LoadBalancerArns ? "LoadBalancerArn" : "LoadBalancerName";
        return {
          LoadBalancers: wanted.map((value) => {
            const found = all.find((loadBalancer) => loadBalancer[key] === value);
            if (found) return found;
            throw new AwsError("LoadBalancerNotFound", `One or more load balancers not found: '${value}'`);
          }),
        };
      },
    ),
  };
}
