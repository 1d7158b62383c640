import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import type { TargetGroupOutputs } from "../../components/live/outputs";
import type { MetricWindow, TrafficPeriod } from "../ports/observer";

/**
 * Metrics that ALB reports for a target group (aws-rules W5-W6). ALB counts its own 5xx only for the load balancer,
 * which many services share; of those, a target group has only the connections that were not made. Where a target
 * accepts the connection and then closes it or sends nothing, the request has no TargetResponseTime (W22).
 */
const METRICS = {
  requests: { name: "RequestCount", statistic: "Sum" },
  target5xx: { name: "HTTPCode_Target_5XX_Count", statistic: "Sum" },
  connectionErrors: { name: "TargetConnectionErrorCount", statistic: "Sum" },
  responseSeconds: { name: "TargetResponseTime", statistic: "Sum" },
  responses: { name: "TargetResponseTime", statistic: "SampleCount" },
} as const;
type Metric = keyof typeof METRICS;
/** The last status of a metric of which all data points were returned. Before, a page may have had a part of them. */
const COMPLETE = "Complete";
type Sums = Record<Metric, number>;

/** CloudWatch answered without all of the counts. As a rule the next request gets them, so it is retried as an error of the network is. */
class IncompleteMetrics extends Error {
  override name = "IncompleteMetrics";
  readonly $retryable = {};
}

/**
 * Returns the counts of all target groups together, by whole periods within the window, in one request.
 * @throws IncompleteMetrics; CloudWatch's refusal
 * @public loaded by require, which the search for unused exports does not see
 */
export async function traffic(
  client: CloudWatchClient,
  targetGroups: readonly TargetGroupOutputs[],
  { fromMs, toMs, periodSeconds }: MetricWindow,
): Promise<TrafficPeriod[]> {
  const periodMs = periodSeconds * 1000;
  const first = Math.ceil(fromMs / periodMs);
  const count = Math.max(0, Math.floor(toMs / periodMs) - first);
  const periods: Sums[] = Array.from({ length: count }, () => ({
    requests: 0,
    target5xx: 0,
    connectionErrors: 0,
    responseSeconds: 0,
    responses: 0,
  }));
  const pages =
    count === 0 || targetGroups.length === 0
      ? []
      : paginateGetMetricData(
          { client },
          {
            MetricDataQueries: targetGroups.flatMap((group, index) => queriesOf(group, index, periodSeconds)),
            StartTime: new Date(first * periodMs),
            EndTime: new Date((first + count) * periodMs),
            ScanBy: "TimestampAscending",
          },
        );
  const statuses = new Map<string, string>();
  for await (const { MetricDataResults = [] } of pages) {
    for (const { Id = "", Timestamps = [], Values = [], StatusCode = COMPLETE } of MetricDataResults) {
      const metric = Id.split("_")[0] as Metric;
      statuses.set(Id, StatusCode);
      for (const [index, at] of Timestamps.entries()) {
        const sums = periods[Math.round(at.getTime() / periodMs) - first];
        if (sums) sums[metric] += Values[index] ?? 0;
      }
    }
  }
  // A count that is missing would be a zero here: no errors, or an old colour without requests.
  const incomplete = [...statuses].find(([, status]) => status !== COMPLETE);
  if (incomplete) throw new IncompleteMetrics(`CloudWatch has not given all of ${incomplete.join(": ")}`);
  return periods.map(({ requests, target5xx, connectionErrors, responseSeconds, responses }, index) => ({
    startMs: (first + index) * periodMs,
    requests,
    errors: target5xx + connectionErrors,
    ended: responses + connectionErrors,
    responseSeconds: responses === 0 ? null : responseSeconds / responses,
  }));
}

function queriesOf({ arn, loadBalancerArn }: TargetGroupOutputs, index: number, Period: number): MetricDataQuery[] {
  const Dimensions = [
    { Name: "LoadBalancer", Value: dimension(loadBalancerArn) },
    { Name: "TargetGroup", Value: dimension(arn) },
  ];
  return Object.entries(METRICS).map(([metric, { name, statistic }]) => ({
    Id: `${metric}_${index}`,
    MetricStat: {
      Metric: { Namespace: "AWS/ApplicationELB", MetricName: name, Dimensions },
      Period,
      Stat: statistic,
    },
  }));
}

/** Returns how CloudWatch names a resource: the `app/<name>/<id>` or `targetgroup/<name>/<id>` of its ARN. */
function dimension(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1).replace(/^loadbalancer\//, "");
}
