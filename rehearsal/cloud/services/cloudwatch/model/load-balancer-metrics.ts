import type { GroupCounts, TrafficBucket } from "../../../data-plane/load-balancer/types";
import type { CloudContext } from "../../../kernel/context";
import { arnSuffix } from "../../elb/model/arns";

export const NAMESPACE = "AWS/ApplicationELB";
/** AWS seconds of one data point (aws-rules W5). */
const MINUTE_SECONDS = 60;
/**
 * AWS seconds after a minute's end until its data points can be read. An assumption: AWS gives no number, and who reads ALB metrics for a living found
 * the newest minute incomplete and stays two behind (Netflix/atlas pull request 1300).
 */
const PUBLISHED_AFTER_SECONDS = 30;
/** AWS keeps data points of a minute for 15 days; here it is one. */
const KEPT_MINUTES = 24 * 60;

type Counts = Omit<GroupCounts, "targetGroupArn"> & { elb5xx: number };

const NOTHING: Counts = { requests: 0, target5xx: 0, connectionErrors: 0, responses: 0, responseMs: 0, elb5xx: 0 };

/** Sum and number of samples. Each request, error and so on is one sample with the value 1. */
type Measure = (counts: Counts) => [sum: number, samples: number];

const MEASURES: Readonly<Record<string, Measure>> = {
  RequestCount: ({ requests }) => [requests, requests],
  HTTPCode_Target_5XX_Count: ({ target5xx }) => [target5xx, target5xx],
  TargetConnectionErrorCount: ({ connectionErrors }) => [connectionErrors, connectionErrors],
  TargetResponseTime: ({ responseMs, responses }) => [responseMs / 1000, responses],
  // Without the dimension TargetGroup, as on AWS: there it cannot be told whose errors they are.
  HTTPCode_ELB_5XX_Count: ({ elb5xx }) => [elb5xx, elb5xx],
};

export const METRIC_NAMES = Object.keys(MEASURES);

/** `app/<name>/<id>` and `targetgroup/<name>/<id>`. */
export interface MetricDimensions {
  LoadBalancer: string;
  TargetGroup?: string | undefined;
}

export interface Datapoint {
  /** Start of its period, Unix milliseconds. */
  atMs: number;
  sum: number;
  samples: number;
}

export interface Reading {
  metricName: string;
  dimensions: MetricDimensions;
  /** Unix milliseconds; a minute that has begun before `fromMs` is in it, one that begins at `toMs` is not. */
  fromMs: number;
  toMs: number;
  /** Of one data point, in AWS minutes. */
  minutes: number;
}

/** What load balancers report to CloudWatch: one data point for each AWS minute in which there was something to count (aws-rules W5-W6). */
export class LoadBalancerMetrics {
  /** Real milliseconds of an AWS minute. */
  readonly minuteMs: number;
  readonly #publishedAfterMs: number;
  /** By load balancer, or load balancer and target group; then by the minute's number since 1970. */
  readonly #series = new Map<string, Map<number, Counts>>();

  constructor(
    { clock }: Pick<CloudContext, "clock">,
    private readonly now: () => number = Date.now,
  ) {
    this.minuteMs = clock.realMs(MINUTE_SECONDS);
    this.#publishedAfterMs = clock.realMs(PUBLISHED_AFTER_SECONDS);
  }

  /** A bucket may come in parts. */
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

  /** Oldest first. Nothing for what was never counted, and nothing of minutes that are not published yet. */
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
