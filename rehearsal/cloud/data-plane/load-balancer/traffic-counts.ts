import type { FromLoadBalancer, GroupCounts, TrafficBucket } from "./types";

export type MetricsMessage = Extract<FromLoadBalancer, { type: "metrics" }>;

/** How a request ended for which a target had been chosen. */
export interface Outcome {
  /** Of the answer that the client gets. */
  status: number;
  /** `noConnection`: the load balancer answered because no connection to the target was made; `loadBalancer`: because of anything else. */
  from: "target" | "loadBalancer" | "noConnection";
}

/** Counts between two metrics messages, in buckets whose borders are whole multiples of their length in Unix time. */
export class TrafficCounts {
  activeConnections = 0;
  readonly #bucketMs: number;
  /** Those that ended since the last message. */
  #ended: TrafficBucket[] = [];
  #groups = new Map<string, GroupCounts>();
  #elb5xx = 0;
  #startMs = 0;
  #endMs = 0;

  /** @param bucketMs real milliseconds of a minute of AWS's, which is how often ELB reports (aws-rules W5) */
  constructor(bucketMs: number) {
    this.#bucketMs = bucketMs;
  }

  /**
   * A request for which a target was chosen: others are not in RequestCount (W6).
   * @param responseMs from the choice of the target to the head of the answer
   */
  request(targetGroupArn: string, { status, from }: Outcome, responseMs: number): void {
    this.#turn();
    let counts = this.#groups.get(targetGroupArn);
    if (!counts) {
      counts = { targetGroupArn, requests: 0, target5xx: 0, connectionErrors: 0, responses: 0, responseMs: 0 };
      this.#groups.set(targetGroupArn, counts);
    }
    counts.requests += 1;
    if (from === "target") {
      counts.responses += 1;
      counts.responseMs += responseMs;
      if (status >= 500) counts.target5xx += 1;
      return;
    }
    if (from === "noConnection") counts.connectionErrors += 1;
    if (status >= 500) this.#elb5xx += 1;
  }

  /** A 503, which no target group gets counted. */
  ownError(): void {
    this.#turn();
    this.#elb5xx += 1;
  }

  /** What happened since the last call; undefined when nothing did. */
  take(): MetricsMessage | undefined {
    this.#close();
    if (this.#ended.length === 0) return undefined;
    const buckets = this.#ended;
    this.#ended = [];
    return { type: "metrics", buckets, activeConnections: this.activeConnections };
  }

  #turn(): void {
    const now = Date.now();
    if (now < this.#endMs) return;
    this.#close();
    const index = Math.floor(now / this.#bucketMs);
    this.#startMs = index * this.#bucketMs;
    this.#endMs = this.#startMs + this.#bucketMs;
  }

  #close(): void {
    if (this.#groups.size === 0 && this.#elb5xx === 0) return;
    this.#ended.push({ startMs: this.#startMs, groups: [...this.#groups.values()], elb5xx: this.#elb5xx });
    this.#groups = new Map();
    this.#elb5xx = 0;
  }
}
