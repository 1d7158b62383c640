import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { jsonProtocolAfterQuery } from "../../../protocols/json";
import { type Operation, operation } from "../../../protocols/service";
import type { Alarm } from "../model/alarms";
import type { CloudWatch } from "../model/cloudwatch";
import { type Datapoint, METRIC_NAMES, NAMESPACE } from "../model/load-balancer-metrics";

/** Of GetMetricData. */
const MAX_QUERIES = 500;
/** Of DescribeAlarms and DeleteAlarms. */
const MAX_ALARMS = 100;
/** Records in one answer of DescribeAlarms unless more are asked for. */
const DEFAULT_RECORDS = 50;
/** A period's deviation from whole AWS minutes that is no more than rounding. */
const ROUNDING = 1e-6;
/** Codes that CloudWatch named otherwise when it spoke AWS Query. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  ValidationException: "ValidationError",
  InvalidParameterValueException: "InvalidParameterValue",
};

const STATISTICS: Readonly<Record<string, (point: Datapoint) => number>> = {
  Sum: ({ sum }) => sum,
  SampleCount: ({ samples }) => samples,
  Average: ({ sum, samples }) => sum / samples,
};

const Dimension = z.strictObject({ Name: z.enum(["LoadBalancer", "TargetGroup"]), Value: z.string().min(1) });
const Query = z.strictObject({
  Id: z.string().regex(/^[a-z][a-zA-Z0-9_]*$/),
  Label: z.string().optional(),
  ReturnData: z.literal(true).optional(),
  MetricStat: z.strictObject({
    Metric: z.strictObject({
      Namespace: z.literal(NAMESPACE),
      MetricName: z.enum(METRIC_NAMES),
      Dimensions: z.array(Dimension).min(1),
    }),
    Period: z.number().positive(),
    Stat: z.enum(Object.keys(STATISTICS)),
  }),
});

/** What the SDK speaks since 2025. */
export const cloudWatchProtocol = jsonProtocolAfterQuery(
  "com.amazonaws.cloudwatch",
  (code) => QUERY_CODES[code] ?? code,
);

export function cloudWatchOperations(cloudWatch: CloudWatch): Record<string, Operation> {
  return {
    /** Every data point at once. Unknown load balancers and target groups have none, as on AWS. */
    GetMetricData: operation(
      {
        MetricDataQueries: z.array(Query).min(1).max(MAX_QUERIES),
        StartTime: z.number(),
        EndTime: z.number(),
        ScanBy: z.enum(["TimestampAscending", "TimestampDescending"]).default("TimestampDescending"),
      },
      ({ MetricDataQueries: queries, StartTime, EndTime, ScanBy }) => {
        if (StartTime >= EndTime)
          throw new AwsError("ValidationException", "The parameter EndTime must be greater than StartTime");
        if (new Set(queries.map(({ Id }) => Id)).size < queries.length)
          throw new AwsError("ValidationException", "The values for parameter id in MetricDataQueries are not unique");
        return {
          MetricDataResults: queries.map(({ Id, Label, MetricStat: { Metric, Period, Stat } }) => {
            const points = cloudWatch.metrics.read({
              metricName: Metric.MetricName,
              dimensions: dimensionsOf(Metric.Dimensions),
              fromMs: StartTime * 1000,
              toMs: EndTime * 1000,
              minutes: minutesOf(Period, cloudWatch.metrics.minuteMs),
            });
            if (ScanBy === "TimestampDescending") points.reverse();
            return {
              Id,
              Label: Label ?? Metric.MetricName,
              Timestamps: points.map(({ atMs }) => atMs / 1000),
              Values: points.map(STATISTICS[Stat]!),
              StatusCode: "Complete",
            };
          }),
          Messages: [],
        };
      },
    ),
    PutMetricAlarm: operation(
      {
        AlarmName: z.string().min(1).max(255),
        AlarmDescription: z.string().optional(),
        Namespace: z.string(),
        MetricName: z.string(),
        Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]),
        Statistic: z.enum(["SampleCount", "Average", "Sum", "Minimum", "Maximum"]),
        Period: z.int().positive(),
        EvaluationPeriods: z.int().positive(),
        DatapointsToAlarm: z.int().positive().optional(),
        Threshold: z.number(),
        ComparisonOperator: z.enum([
          "GreaterThanOrEqualToThreshold",
          "GreaterThanThreshold",
          "LessThanThreshold",
          "LessThanOrEqualToThreshold",
        ]),
        TreatMissingData: z.enum(["missing", "breaching", "notBreaching", "ignore"]).default("missing"),
      },
      (input) => {
        cloudWatch.alarms.put(input.AlarmName, {
          description: input.AlarmDescription,
          namespace: input.Namespace,
          metricName: input.MetricName,
          dimensions: input.Dimensions,
          statistic: input.Statistic,
          periodSeconds: input.Period,
          evaluationPeriods: input.EvaluationPeriods,
          datapointsToAlarm: input.DatapointsToAlarm ?? input.EvaluationPeriods,
          threshold: input.Threshold,
          comparisonOperator: input.ComparisonOperator,
          treatMissingData: input.TreatMissingData,
        });
        return {};
      },
    ),
    /** Names that do not exist are left out, as on AWS. There are no composite alarms. */
    DescribeAlarms: operation(
      {
        AlarmNames: z.array(z.string()).max(MAX_ALARMS).optional(),
        AlarmTypes: z
          .array(z.enum(["MetricAlarm", "CompositeAlarm"]))
          .min(1)
          .default(["MetricAlarm"]),
        StateValue: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]).optional(),
        MaxRecords: z.int().min(1).max(MAX_ALARMS).default(DEFAULT_RECORDS),
        NextToken: z.string().optional(),
      },
      ({ AlarmNames: names, AlarmTypes, StateValue, MaxRecords, NextToken = "" }) => {
        const found = AlarmTypes.includes("MetricAlarm")
          ? cloudWatch.alarms.all
              .filter(({ name, state }) => (names?.includes(name) ?? true) && state === (StateValue ?? state))
              .filter(({ name }) => name > NextToken)
          : [];
        const page = found.slice(0, MaxRecords);
        return {
          MetricAlarms: page.map(described),
          CompositeAlarms: [],
          NextToken: found.length > page.length ? page.at(-1)!.name : undefined,
        };
      },
    ),
    SetAlarmState: operation(
      {
        AlarmName: z.string(),
        StateValue: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]),
        StateReason: z.string(),
      },
      ({ AlarmName, StateValue, StateReason }) => {
        cloudWatch.alarms.setState(AlarmName, StateValue, StateReason);
        return {};
      },
    ),
    DeleteAlarms: operation({ AlarmNames: z.array(z.string()).min(1).max(MAX_ALARMS) }, ({ AlarmNames }) => {
      cloudWatch.alarms.delete(AlarmNames);
      return {};
    }),
  };
}

/**
 * @throws AwsError InvalidParameterValueException: on AWS a period is a multiple of 60 s, here of as many real
 *   seconds as an AWS minute lasts
 */
function minutesOf(periodSeconds: number, minuteMs: number): number {
  const minutes = (periodSeconds * 1000) / minuteMs;
  const whole = Math.round(minutes);
  if (whole >= 1 && Math.abs(minutes - whole) < ROUNDING) return whole;
  throw new AwsError(
    "InvalidParameterValueException",
    `Period must be a multiple of ${minuteMs / 1000} s, which is an AWS minute in the rehearsal cloud; given ${periodSeconds}`,
  );
}

/** @throws AwsError ValidationException */
function dimensionsOf(given: z.output<typeof Dimension>[]): { LoadBalancer: string; TargetGroup?: string } {
  const { LoadBalancer, ...others } = Object.fromEntries(given.map(({ Name, Value }) => [Name, Value]));
  if (LoadBalancer !== undefined) return { LoadBalancer, ...others };
  throw new AwsError("ValidationException", "the rehearsal cloud has no metric without the dimension LoadBalancer");
}

function described({ name, arn, settings, state, reason, configuredAtMs, stateAtMs }: Alarm) {
  return {
    AlarmName: name,
    AlarmArn: arn,
    AlarmDescription: settings.description,
    AlarmConfigurationUpdatedTimestamp: configuredAtMs / 1000,
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: stateAtMs / 1000,
    Namespace: settings.namespace,
    MetricName: settings.metricName,
    Dimensions: settings.dimensions,
    Statistic: settings.statistic,
    Period: settings.periodSeconds,
    EvaluationPeriods: settings.evaluationPeriods,
    DatapointsToAlarm: settings.datapointsToAlarm,
    Threshold: settings.threshold,
    ComparisonOperator: settings.comparisonOperator,
    TreatMissingData: settings.treatMissingData,
  };
}
