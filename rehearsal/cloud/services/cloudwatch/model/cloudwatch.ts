import type { CloudContext } from "../../../kernel/context";
import { Alarms } from "./alarms";
import { LoadBalancerMetrics } from "./load-balancer-metrics";

/** CloudWatch without its logs: alarms, and the metrics of load balancers but no others. */
export class CloudWatch {
  readonly metrics: LoadBalancerMetrics;
  readonly alarms: Alarms;

  constructor(context: CloudContext) {
    this.metrics = new LoadBalancerMetrics(context);
    this.alarms = new Alarms(context);
  }
}
