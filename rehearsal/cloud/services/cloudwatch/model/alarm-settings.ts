import { partitionOf } from "../../../../../components/core/partition";
import { COUNTED } from "./counted-metrics";
import { METRIC_NAMES, NAMESPACE } from "./load-balancer-metrics";
import { isStatistic } from "./statistics";

export const ALARM_STATES = ["OK", "ALARM", "INSUFFICIENT_DATA"] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export const COMPARISON_OPERATORS = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
] as const;
export const MISSING_DATA = ["missing", "breaching", "notBreaching", "ignore"] as const;

/** The settings of PutMetricAlarm. */
export interface AlarmSettings {
  description?: string | undefined;
  namespace: string;
  metricName: string;
  dimensions: { Name: string; Value: string }[];
  /** The statistic, such as `Sum`, or a percentile such as `p99`. */
  statistic: string;
  /** AWS seconds. */
  periodSeconds: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  /** Whether DatapointsToAlarm was given: StateReason has other words then. */
  isOutOf: boolean;
  threshold: number;
  comparisonOperator: (typeof COMPARISON_OPERATORS)[number];
  treatMissingData: (typeof MISSING_DATA)[number];
  /** What a percentile of few samples does; `ignore`: it changes no state. */
  evaluateLowSampleCountPercentile?: "evaluate" | "ignore" | undefined;
  actionsEnabled: boolean;
  /** ARNs of what is notified of a change to each state, in the alarm's region (aws-rules W19). Nothing checks that they exist (W4). */
  actions: Readonly<Record<AlarmState, readonly string[]>>;
}

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;
/** Periods of metrics with a high resolution. */
const SHORT_PERIODS = [10, 20, 30];

/**
 * Returns how often an alarm is evaluated, in AWS seconds: every minute, with a short period every 10 seconds, and
 * every hour if all its periods together are more than a day (aws-rules W9).
 */
export function evaluatedEverySeconds({ periodSeconds, evaluationPeriods }: AlarmSettings): number {
  if (periodSeconds * evaluationPeriods > DAY_SECONDS) return HOUR_SECONDS;
  return periodSeconds < 60 ? 10 : 60;
}

/** Returns why CloudWatch, or the rehearsal cloud, refuses these settings; null if it takes them (aws-rules W3). */
export function problemWith(settings: AlarmSettings): string | null {
  const { periodSeconds, evaluationPeriods, datapointsToAlarm, statistic } = settings;
  if (!SHORT_PERIODS.includes(periodSeconds) && periodSeconds % 60 !== 0)
    return `Period must be 10, 20, 30 or a multiple of 60; given ${periodSeconds}`;
  if (datapointsToAlarm > evaluationPeriods)
    return `DatapointsToAlarm must be at most EvaluationPeriods, ${evaluationPeriods}; given ${datapointsToAlarm}`;
  const days = periodSeconds < HOUR_SECONDS ? 1 : 7;
  if (periodSeconds * evaluationPeriods > days * DAY_SECONDS)
    return `Metrics cannot be checked across more than ${days === 1 ? "a day" : "a week"} (EvaluationPeriods * Period must be <= ${days * DAY_SECONDS})`;
  if (!isStatistic(statistic)) return `the rehearsal cloud has the extended statistics p0 to p100; given ${statistic}`;
  return problemWithMetric(settings);
}

/** Returns why CloudWatch refuses the targets of an alarm's actions in a region; null if it takes them (aws-rules W19). */
export function problemWithActions({ actions }: Pick<AlarmSettings, "actions">, region: string): string | null {
  for (const target of Object.values(actions).flat()) {
    const [arn, partition, , ownRegion] = target.split(":");
    if (arn !== "arn" || ownRegion === undefined) return `Invalid arn syntax: ${target}`;
    if (partition !== partitionOf(region))
      return `Invalid partition ${partition} specified. Only ${partitionOf(region)} is supported.`;
    if (ownRegion !== region) return `Invalid region ${ownRegion} specified. Only ${region} is supported.`;
  }
  return null;
}

/**
 * An alarm on a metric that nobody reports is no mistake on AWS: it finds no data. One that AWS itself reports, and
 * the rehearsal cloud does not, would find none here and some there, so it is refused by name.
 */
function problemWithMetric({ namespace, metricName, dimensions }: AlarmSettings): string | null {
  if (!namespace.startsWith("AWS/")) return null;
  if (COUNTED[namespace]?.includes(metricName)) return null;
  if (namespace !== NAMESPACE || !METRIC_NAMES.includes(metricName))
    return `the rehearsal cloud has no metric ${namespace} ${metricName}; it has ${METRIC_NAMES.join(", ")} of ${NAMESPACE}, ${Object.entries(
      COUNTED,
    )
      .map(([other, names]) => `${names.join(", ")} of ${other}`)
      .join(", ")}`;
  const zone = dimensions.find(({ Name }) => Name === "AvailabilityZone");
  return zone ? "the rehearsal cloud has no metrics of load balancers with the dimension AvailabilityZone" : null;
}
