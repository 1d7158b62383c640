import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { jsonProtocolAfterQuery } from "../../../protocols/json";
import { type Operation, operation } from "../../../protocols/service";
import { ALARM_STATES, COMPARISON_OPERATORS, MISSING_DATA } from "../model/alarm-settings";
import type { Alarm } from "../model/alarms";
import type { CloudWatch } from "../model/cloudwatch";
import { METRIC_NAMES, NAMESPACE } from "../model/load-balancer-metrics";
import { isStatistic, SIMPLE_STATISTICS, statisticOf } from "../model/statistics";

/** Of GetMetricData. */
const MAX_QUERIES = 500;
/** The operations that name alarms take so many names. */
const MAX_ALARMS = 100;
/** An alarm has so many actions for each of its states. */
const MAX_ACTIONS = 5;
/** Records in one answer of DescribeAlarms unless more are asked for. */
const DEFAULT_RECORDS = 50;
/** A period's deviation from whole AWS minutes that is no more than rounding. */
const ROUNDING = 1e-6;
/** Codes that CloudWatch named otherwise when it spoke AWS Query. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  ValidationException: "ValidationError",
  InvalidParameterValueException: "InvalidParameterValue",
};

const Dimension = z.strictObject({ Name: z.enum(["LoadBalancer", "TargetGroup"]), Value: z.string().min(1) });
const AlarmNames = z.array(z.string()).min(1).max(MAX_ALARMS);
/** ARNs: nothing checks that they exist (aws-rules W4). */
const Actions = z.array(z.string().min(1)).max(MAX_ACTIONS).default([]);
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
    Stat: z.string().refine(isStatistic, `wanted ${SIMPLE_STATISTICS.join(", ")} or a percentile such as p99`),
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
              Values: points.map(statisticOf(Stat)),
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
        Statistic: z.enum(SIMPLE_STATISTICS).optional(),
        ExtendedStatistic: z.string().optional(),
        EvaluateLowSampleCountPercentile: z.enum(["evaluate", "ignore"]).optional(),
        Period: z.int().positive(),
        EvaluationPeriods: z.int().positive(),
        DatapointsToAlarm: z.int().positive().optional(),
        Threshold: z.number(),
        ComparisonOperator: z.enum(COMPARISON_OPERATORS),
        TreatMissingData: z.enum(MISSING_DATA).default("missing"),
        ActionsEnabled: z.boolean().default(true),
        OKActions: Actions,
        AlarmActions: Actions,
        InsufficientDataActions: Actions,
      },
      (input) => {
        const { Statistic, ExtendedStatistic } = input;
        if ((Statistic === undefined) === (ExtendedStatistic === undefined))
          throw new AwsError(
            "ValidationException",
            "Exactly one of the parameters Statistic and ExtendedStatistic must be specified",
          );
        cloudWatch.alarms.put(input.AlarmName, {
          description: input.AlarmDescription,
          namespace: input.Namespace,
          metricName: input.MetricName,
          dimensions: input.Dimensions,
          statistic: Statistic ?? ExtendedStatistic!,
          periodSeconds: input.Period,
          evaluationPeriods: input.EvaluationPeriods,
          datapointsToAlarm: input.DatapointsToAlarm ?? input.EvaluationPeriods,
          isOutOf: input.DatapointsToAlarm !== undefined,
          threshold: input.Threshold,
          comparisonOperator: input.ComparisonOperator,
          treatMissingData: input.TreatMissingData,
          evaluateLowSampleCountPercentile: input.EvaluateLowSampleCountPercentile,
          actionsEnabled: input.ActionsEnabled,
          actions: {
            OK: input.OKActions,
            ALARM: input.AlarmActions,
            INSUFFICIENT_DATA: input.InsufficientDataActions,
          },
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
        StateValue: z.enum(ALARM_STATES).optional(),
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
        StateValue: z.enum(ALARM_STATES),
        StateReason: z.string(),
        StateReasonData: z.string().optional(),
      },
      ({ AlarmName, StateValue, StateReason, StateReasonData }) => {
        cloudWatch.alarms.setState(AlarmName, StateValue, StateReason, StateReasonData);
        return {};
      },
    ),
    EnableAlarmActions: operation({ AlarmNames }, ({ AlarmNames: names }) => {
      cloudWatch.alarms.enableActions(names, true);
      return {};
    }),
    DisableAlarmActions: operation({ AlarmNames }, ({ AlarmNames: names }) => {
      cloudWatch.alarms.enableActions(names, false);
      return {};
    }),
    DescribeAlarmHistory: operation(
      {
        AlarmName: z.string().optional(),
        HistoryItemType: z.enum(["ConfigurationUpdate", "StateUpdate", "Action"]).optional(),
        StartDate: z.number().optional(),
        EndDate: z.number().optional(),
        ScanBy: z.enum(["TimestampAscending", "TimestampDescending"]).default("TimestampDescending"),
        MaxRecords: z.int().min(1).max(MAX_ALARMS).default(DEFAULT_RECORDS),
        NextToken: z.string().regex(/^\d+$/).default("0"),
      },
      ({ AlarmName: alarmName, HistoryItemType: type, StartDate, EndDate, ScanBy, MaxRecords, NextToken }) => {
        const [fromMs, toMs] = [StartDate, EndDate].map((seconds) => seconds && seconds * 1000);
        const found = cloudWatch.alarms.history.find({ alarmName, type, fromMs, toMs });
        if (ScanBy === "TimestampAscending") found.reverse();
        const end = Number(NextToken) + MaxRecords;
        return {
          AlarmHistoryItems: found.slice(Number(NextToken), end).map((item) => ({
            AlarmName: item.alarmName,
            AlarmType: "MetricAlarm",
            Timestamp: item.atMs / 1000,
            HistoryItemType: item.type,
            HistorySummary: item.summary,
            HistoryData: item.data,
          })),
          NextToken: found.length > end ? String(end) : undefined,
        };
      },
    ),
    DeleteAlarms: operation({ AlarmNames }, ({ AlarmNames: names }) => {
      cloudWatch.alarms.delete(names);
      return {};
    }),
  };
}

/**
 * @throws AwsError InvalidParameterValueException: on AWS a period is a multiple of 60 s (W23), here of as many real
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

function described(alarm: Alarm) {
  const { name, arn, settings, state, reason, reasonData, configuredAtMs, stateAtMs, changedAtMs } = alarm;
  const { statistic, actions } = settings;
  const isSimple = SIMPLE_STATISTICS.some((simple) => simple === statistic);
  return {
    AlarmName: name,
    AlarmArn: arn,
    AlarmDescription: settings.description,
    AlarmConfigurationUpdatedTimestamp: configuredAtMs / 1000,
    ActionsEnabled: settings.actionsEnabled,
    OKActions: actions.OK,
    AlarmActions: actions.ALARM,
    InsufficientDataActions: actions.INSUFFICIENT_DATA,
    StateValue: state,
    StateReason: reason,
    StateReasonData: reasonData === "" ? undefined : reasonData,
    StateUpdatedTimestamp: stateAtMs / 1000,
    StateTransitionedTimestamp: changedAtMs / 1000,
    Namespace: settings.namespace,
    MetricName: settings.metricName,
    Dimensions: settings.dimensions,
    ...(isSimple ? { Statistic: statistic } : { ExtendedStatistic: statistic }),
    Period: settings.periodSeconds,
    EvaluationPeriods: settings.evaluationPeriods,
    DatapointsToAlarm: settings.datapointsToAlarm,
    Threshold: settings.threshold,
    ComparisonOperator: settings.comparisonOperator,
    TreatMissingData: settings.treatMissingData,
    EvaluateLowSampleCountPercentile: settings.evaluateLowSampleCountPercentile,
  };
}
