import type { CloudContext } from "../../../kernel/context";
import { Alarms } from "./alarms";
import { LoadBalancerMetrics } from "./load-balancer-metrics";

/** CloudWatch without its logs: the metrics of load balancers but no others, and alarms on them. */
export class CloudWatch {
  readonly metrics: LoadBalancerMetrics;
  readonly alarms: Alarms;

  constructor(context: CloudContext) {
    this.metrics = new LoadBalancerMetrics(context);
    this.alarms = new Alarms(context, this.metrics);
  }
}
