import type { GroupCounts, TrafficBucket } from "../../../data-plane/load-balancer/types";
import type { CloudContext } from "../../../kernel/context";
import { arnSuffix } from "../../elb/model/arns";

export const NAMESPACE = "AWS/ApplicationELB";
/** Period of one data point in AWS seconds (aws-rules W5). */
const MINUTE_SECONDS = 60;
/** AWS keeps one-minute data points for 15 days, the rehearsal for one day. */
const KEPT_MINUTES = 24 * 60;

type Counts = Omit<GroupCounts, "targetGroupArn"> & { elb5xx: number };

const NOTHING: Counts = { requests: 0, target5xx: 0, connectionErrors: 0, responses: 0, responseMs: 0, elb5xx: 0 };

/** Returns sum and number of samples. Each request or error is one sample with the value 1. */
type Measure = (counts: Counts) => [sum: number, samples: number];

const MEASURES: Readonly<Record<string, Measure>> = {
  RequestCount: ({ requests }) => [requests, requests],
  HTTPCode_Target_5XX_Count: ({ target5xx }) => [target5xx, target5xx],
  TargetConnectionErrorCount: ({ connectionErrors }) => [connectionErrors, connectionErrors],
  TargetResponseTime: ({ responseMs, responses }) => [responseMs / 1000, responses],
  // Only without the dimension TargetGroup, as on AWS: these errors belong to no target group.
  HTTPCode_ELB_5XX_Count: ({ elb5xx }) => [elb5xx, elb5xx],
};

export const METRIC_NAMES = Object.keys(MEASURES);

/** The dimensions of a metric: `app/<name>/<id>` and `targetgroup/<name>/<id>`. */
export interface MetricDimensions {
  LoadBalancer: string;
  TargetGroup?: string | undefined;
}

export interface Datapoint {
  /** Start of the period in Unix milliseconds. */
  atMs: number;
  sum: number;
  samples: number;
}

export interface Reading {
  metricName: string;
  dimensions: MetricDimensions;
  /**
   * Unix milliseconds. A minute that begins before `fromMs` and ends after it is included; one that begins at `toMs`
   * is not.
   */
  fromMs: number;
  toMs: number;
  /** Period of one data point in AWS minutes. */
  minutes: number;
}

/**
 * The metrics that load balancers report to CloudWatch: one data point for each AWS minute with a count (aws-rules
 * W5-W6).
 */
export class LoadBalancerMetrics {
  /** Real milliseconds of an AWS minute. */
  readonly minuteMs: number;
  readonly #publishedAfterMs: number;
  /** By load balancer, or by load balancer and target group; then by the number of the minute since 1970. */
  readonly #series = new Map<string, Map<number, Counts>>();

  constructor(
    { clock, assumptions }: Pick<CloudContext, "clock" | "assumptions">,
    private readonly now: () => number = Date.now,
  ) {
    this.minuteMs = clock.realMs(MINUTE_SECONDS);
    this.#publishedAfterMs = clock.realMs(assumptions.metricDelay.max);
  }

  /** Adds the counts of a load balancer. A bucket may come in several parts. */
  take(loadBalancerArn: string, buckets: readonly TrafficBucket[]): void {
    const LoadBalancer = arnSuffix(loadBalancerArn);
    for (const { startMs, groups, elb5xx } of buckets) {
      const minute = Math.round(startMs / this.minuteMs);
      this.#add({ LoadBalancer }, minute, { ...NOTHING, elb5xx });
      for (const { targetGroupArn, ...counts } of groups) {
        this.#add({ LoadBalancer }, minute, { ...counts, elb5xx: 0 });
        this.#add({ LoadBalancer, TargetGroup: arnSuffix(targetGroupArn) }, minute, { ...counts, elb5xx: 0 });
      }
    }
  }

  /**
   * Returns the data points, oldest first. There are none for minutes without a count or minutes that are not
   * published yet.
   */
  read({ metricName, dimensions, fromMs, toMs, minutes }: Reading): Datapoint[] {
    const measure = MEASURES[metricName];
    const series = this.#series.get(keyOf(dimensions));
    if (!measure || !series) return [];
    const points = new Map<number, Datapoint>();
    const publishedMs = this.now() - this.#publishedAfterMs;
    for (const [minute, counts] of series) {
      const [sum, samples] = measure(counts);
      const startMs = minute * this.minuteMs;
      const endMs = startMs + this.minuteMs;
      if (samples === 0 || endMs <= fromMs || startMs >= toMs || endMs > publishedMs) continue;
      const atMs = Math.floor(minute / minutes) * minutes * this.minuteMs;
      const known = points.get(atMs) ?? { atMs, sum: 0, samples: 0 };
      points.set(atMs, { atMs, sum: known.sum + sum, samples: known.samples + samples });
    }
    return [...points.values()].sort((one, two) => one.atMs - two.atMs);
  }

  #add(dimensions: MetricDimensions, minute: number, counts: Counts): void {
    const key = keyOf(dimensions);
    const series = this.#series.get(key) ?? new Map<number, Counts>();
    this.#series.set(key, series);
    const known = series.get(minute) ?? { ...NOTHING };
    for (const name of Object.keys(known) as (keyof Counts)[]) known[name] += counts[name];
    series.set(minute, known);
    for (const oldest of series.keys()) {
      if (series.size <= KEPT_MINUTES) break;
      series.delete(oldest);
    }
  }
}

function keyOf({ LoadBalancer, TargetGroup = "" }: MetricDimensions): string {
  return `${LoadBalancer} ${TargetGroup}`;
}
