import { type ResponseTimes, responseTimes } from "../../../data-plane/load-balancer/response-times";
import type { GroupCounts, TrafficBucket } from "../../../data-plane/load-balancer/types";
import type { CloudContext } from "../../../kernel/context";
import { arnSuffix } from "../../elb/model/arns";
import { type Datapoint, together } from "./statistics";

export const NAMESPACE = "AWS/ApplicationELB";
/** Period of one data point in AWS seconds (aws-rules W5). */
const MINUTE_SECONDS = 60;
/** AWS keeps one-minute data points for 15 days, the rehearsal for one day. */
const KEPT_MINUTES = 24 * 60;

type Counts = Omit<GroupCounts, "targetGroupArn"> & { elb5xx: number };
type Count = Exclude<keyof Counts, "responseTimes">;

const NOTHING: Readonly<Record<Count, number>> = {
  ...{ requests: 0, target5xx: 0, connectionErrors: 0, responses: 0, responseMs: 0, elb5xx: 0 },
};

/** Returns what one minute has. Each request or error is one sample with the value 1. */
type Measure = (counts: Counts) => Omit<Datapoint, "atMs">;

const counted =
  (key: Count): Measure =>
  (counts) => ({ sum: counts[key], samples: counts[key], values: new Map([[1, counts[key]]]) });

const MEASURES: Readonly<Record<string, Measure>> = {
  RequestCount: counted("requests"),
  HTTPCode_Target_5XX_Count: counted("target5xx"),
  TargetConnectionErrorCount: counted("connectionErrors"),
  TargetResponseTime: ({ responseMs, responses, responseTimes: times }) => ({
    sum: responseMs / 1000,
    samples: responses,
    values: new Map(responseTimes(times).map(([milliseconds, number]) => [milliseconds / 1000, number])),
  }),
  // Only without the dimension TargetGroup, as on AWS: these errors belong to no target group.
  HTTPCode_ELB_5XX_Count: counted("elb5xx"),
};

export const METRIC_NAMES = Object.keys(MEASURES);

/** The dimensions of a metric: `app/<name>/<id>` and `targetgroup/<name>/<id>`. */
export interface MetricDimensions {
  LoadBalancer: string;
  TargetGroup?: string | undefined;
}

export interface Metric {
  metricName: string;
  dimensions: MetricDimensions;
}

export interface Reading extends Metric {
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
      this.#add({ LoadBalancer }, minute, { ...NOTHING, elb5xx, responseTimes: {} });
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
  read({ fromMs, toMs, minutes, ...metric }: Reading): Datapoint[] {
    const periods = new Map<number, Datapoint[]>();
    const isWanted = (startMs: number) => startMs + this.minuteMs > fromMs && startMs < toMs;
    for (const [minute, point] of this.#published(metric, isWanted)) {
      const atMs = Math.floor(minute / minutes) * minutes * this.minuteMs;
      periods.set(atMs, [...(periods.get(atMs) ?? []), point]);
    }
    return [...periods].map(([atMs, points]) => together(points, atMs)!).sort((one, two) => one.atMs - two.atMs);
  }

  /**
   * Returns what is published of some minutes as one data point, from the first minute on and without the last one, by
   * their numbers since 1970, which may be fractions; undefined if there is nothing.
   */
  sumUp(metric: Metric, fromMinute: number, toMinute: number): Datapoint | undefined {
    const isWanted = (_: number, minute: number) => minute >= fromMinute && minute < toMinute;
    const points = this.#published(metric, isWanted).map(([, point]) => point);
    return together(points, fromMinute * this.minuteMs);
  }

  /** Returns the sum of the newest minute that is published; 0 if nothing was counted in it. */
  newestSum(metric: Metric): number {
    const end = Math.floor((this.now() - this.#publishedAfterMs) / this.minuteMs);
    return this.sumUp(metric, end - 1, end)?.sum ?? 0;
  }

  /** The wanted minutes that have a count and are published, each with its number since 1970. */
  #published(
    { metricName, dimensions }: Metric,
    isWanted: (startMs: number, minute: number) => boolean,
  ): [minute: number, point: Datapoint][] {
    const measure = MEASURES[metricName];
    const series = this.#series.get(keyOf(dimensions));
    if (!measure || !series) return [];
    const publishedMs = this.now() - this.#publishedAfterMs;
    return [...series].flatMap(([minute, counts]): [number, Datapoint][] => {
      const atMs = minute * this.minuteMs;
      if (atMs + this.minuteMs > publishedMs || !isWanted(atMs, minute)) return [];
      const measured = measure(counts);
      return measured.samples > 0 ? [[minute, { atMs, ...measured }]] : [];
    });
  }

  #add(dimensions: MetricDimensions, minute: number, counts: Counts): void {
    const key = keyOf(dimensions);
    const series = this.#series.get(key) ?? new Map<number, Counts>();
    this.#series.set(key, series);
    const known = series.get(minute) ?? { ...NOTHING, responseTimes: {} };
    for (const name of Object.keys(NOTHING) as Count[]) known[name] += counts[name];
    addAll(known.responseTimes, counts.responseTimes);
    series.set(minute, known);
    for (const oldest of series.keys()) {
      if (series.size <= KEPT_MINUTES) break;
      series.delete(oldest);
    }
  }
}

function addAll(times: ResponseTimes, more: ResponseTimes): void {
  for (const [step, responses] of Object.entries(more)) times[Number(step)] = (times[Number(step)] ?? 0) + responses;
}

function keyOf({ LoadBalancer, TargetGroup = "" }: MetricDimensions): string {
  return `${LoadBalancer} ${TargetGroup}`;
}
