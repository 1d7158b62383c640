import { addResponseTime } from "./response-times";
import type { FromLoadBalancer, GroupCounts, TrafficBucket } from "./types";

export type MetricsMessage = Extract<FromLoadBalancer, { type: "metrics" }>;

/** The outcome of a request for which a target was chosen. */
export interface Outcome {
  /** Of the response that the client gets. */
  status: number;
  /**
   * `noConnection` and `loadBalancer`: the load balancer answered, because it had no connection to the target or for
   * another reason.
   */
  from: "target" | "loadBalancer" | "noConnection";
}

/**
 * Counts requests between two metrics messages, in buckets that start at whole multiples of their length in Unix time.
 */
export class TrafficCounts {
  activeConnections = 0;
  readonly #bucketMs: number;
  /** The buckets that ended since the last message. */
  #ended: TrafficBucket[] = [];
  #groups = new Map<string, GroupCounts>();
  #elb5xx = 0;
  #startMs = 0;
  #endMs = 0;

  /** @param bucketMs real milliseconds of an AWS minute, which is ELB's reporting period (aws-rules W5) */
  constructor(bucketMs: number) {
    this.#bucketMs = bucketMs;
  }

  /**
   * Counts a request for which a target was chosen; other requests are not in RequestCount (W6).
   * One without a response of the target has no response time (W22).
   * @param responseMs real milliseconds from the choice of the target to the start of the response
   */
  request(targetGroupArn: string, { status, from }: Outcome, responseMs: number): void {
    this.#openBucket();
    let counts = this.#groups.get(targetGroupArn);
    if (!counts) {
      counts = {
        targetGroupArn,
        requests: 0,
        target5xx: 0,
        connectionErrors: 0,
        responses: 0,
        responseMs: 0,
        responseTimes: {},
      };
      this.#groups.set(targetGroupArn, counts);
    }
    counts.requests += 1;
    if (from === "target") {
      counts.responses += 1;
      counts.responseMs += responseMs;
      addResponseTime(counts.responseTimes, responseMs);
      if (status >= 500) counts.target5xx += 1;
      return;
    }
    if (from === "noConnection") counts.connectionErrors += 1;
    if (status >= 500) this.#elb5xx += 1;
  }

  /** Counts a 503, which belongs to no target group. */
  ownError(): void {
    this.#openBucket();
    this.#elb5xx += 1;
  }

  /** Returns the counts since the last call; undefined when there was no request. */
  take(): MetricsMessage | undefined {
    this.#close();
    if (this.#ended.length === 0) return undefined;
    const buckets = this.#ended;
    this.#ended = [];
    return { type: "metrics", buckets, activeConnections: this.activeConnections };
  }

  #openBucket(): void {
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
