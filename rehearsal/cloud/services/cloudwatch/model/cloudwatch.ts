import type { CloudContext } from "../../../kernel/context";
import { Alarms } from "./alarms";
import { CountedMetrics } from "./counted-metrics";
import { LoadBalancerMetrics } from "./load-balancer-metrics";

/** CloudWatch without its logs: the metrics of load balancers, counts of a few other things, and alarms on them. */
export class CloudWatch {
  readonly metrics: LoadBalancerMetrics;
  readonly counts: CountedMetrics;
  readonly alarms: Alarms;

  constructor(context: CloudContext) {
    this.metrics = new LoadBalancerMetrics(context);
    this.counts = new CountedMetrics(context);
    this.alarms = new Alarms(context, this.metrics, Date.now, this.counts);
  }
}
