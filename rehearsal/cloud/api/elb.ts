import type { LoadBalancing } from "../aws/load-balancing/load-balancing";
import type { Operation } from "./service";

export function elbOperations(loadBalancing: LoadBalancing): Record<string, Operation> {
  return {
    DescribeTargetHealth: ({ TargetGroupArn }) => ({
      TargetHealthDescriptions: loadBalancing.describeTargetHealth(String(TargetGroupArn)),
    }),
    DescribeLoadBalancers: () => ({ LoadBalancers: loadBalancing.describeLoadBalancers() }),
  };
}
