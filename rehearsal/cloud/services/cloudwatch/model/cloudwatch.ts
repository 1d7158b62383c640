import type { CloudContext } from "../../../kernel/context";
import { Alarms } from "./alarms";
import { LoadBalancerMetrics } from "./load-balancer-metrics";

/** CloudWatch, apart from its logs: the metrics of load balancers, no others, and alarms. */
export class CloudWatch {
  readonly metrics: LoadBalancerMetrics;
  readonly alarms: Alarms;

  constructor(context: CloudContext) {
    this.metrics = new LoadBalancerMetrics(context);
    this.alarms = new Alarms(context);
  }
}
