import type { FromLoadBalancer } from "./types";

export type MetricsMessage = Extract<FromLoadBalancer, { type: "metrics" }>;

/** Counts between two metrics messages. */
export class TrafficCounts {
  activeConnections = 0;
  private elb5xx = 0;
  private readonly requests = new Map<string, { count: number; target5xx: number }>();

  /**
   * A request for which a target was chosen (aws-rules W5: others are not in RequestCount).
   * @param targetStatus undefined when the load balancer answered in the target's place
   */
  request(targetGroupArn: string, targetStatus: number | undefined): void {
    let counts = this.requests.get(targetGroupArn);
    if (!counts) {
      counts = { count: 0, target5xx: 0 };
      this.requests.set(targetGroupArn, counts);
    }
    counts.count += 1;
    if (targetStatus === undefined) this.elb5xx += 1;
    else if (targetStatus >= 500) counts.target5xx += 1;
  }

  /** A 503, which no target group gets counted. */
  ownError(): void {
    this.elb5xx += 1;
  }

  /** What happened since the last call; undefined when nothing did. */
  take(): MetricsMessage | undefined {
    if (this.requests.size === 0 && this.elb5xx === 0) return undefined;
    const message: MetricsMessage = {
      type: "metrics",
      atMs: Date.now(),
      requests: [...this.requests].map(([targetGroupArn, counts]) => ({ targetGroupArn, ...counts })),
      elb5xx: this.elb5xx,
      activeConnections: this.activeConnections,
    };
    this.requests.clear();
    this.elb5xx = 0;
    return message;
  }
}
