import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import { type AlarmSettings, COMPARISON_OPERATORS, MISSING_DATA } from "../model/alarm-settings";
import type { Alarms } from "../model/alarms";
import { SIMPLE_STATISTICS } from "../model/statistics";

const MAX_NAME_LENGTH = 255;

const inputs = z.object({
  name: z.string().optional(),
  alarmDescription: z.string().optional(),
  namespace: z.string(),
  metricName: z.string(),
  dimensions: z.record(z.string(), z.string()).default({}),
  statistic: z.enum(SIMPLE_STATISTICS),
  period: z.int().positive(),
  evaluationPeriods: z.int().min(1),
  threshold: z.number(),
  comparisonOperator: z.enum(COMPARISON_OPERATORS),
  treatMissingData: z.enum(MISSING_DATA).default("missing"),
  actionsEnabled: z.boolean().default(true),
  alarmActions: z.array(z.string()).default([]),
  okActions: z.array(z.string()).default([]),
  insufficientDataActions: z.array(z.string()).default([]),
  tags,
});

/** An alarm on one metric. */
export function metricAlarmType(alarms: Alarms): ResourceType {
  return defineResource({
    token: "aws:cloudwatch/metricAlarm:MetricAlarm",
    awsCalls: {
      create: "monitoring:PutMetricAlarm",
      read: "monitoring:DescribeAlarms",
      update: "monitoring:PutMetricAlarm",
      delete: "monitoring:DeleteAlarms",
    },
    inputs,
    replaceOn: ["name"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn"],
    async create(given) {
      alarms.put(given.name!, settingsOf(given));
      return { id: given.name!, outputs: { arn: alarms.find(given.name!)!.arn } };
    },
    async read(id) {
      const alarm = alarms.find(id);
      return alarm ? { arn: alarm.arn, name: alarm.name } : null;
    },
    async update(id, given) {
      alarms.put(id, settingsOf(given));
      return {};
    },
    async delete(id) {
      alarms.delete([id]);
    },
  });
}

function settingsOf(given: z.output<typeof inputs>): AlarmSettings {
  return {
    description: given.alarmDescription,
    namespace: given.namespace,
    metricName: given.metricName,
    dimensions: Object.entries(given.dimensions).map(([Name, Value]) => ({ Name, Value })),
    statistic: given.statistic,
    periodSeconds: given.period,
    evaluationPeriods: given.evaluationPeriods,
    datapointsToAlarm: given.evaluationPeriods,
    isOutOf: false,
    threshold: given.threshold,
    comparisonOperator: given.comparisonOperator,
    treatMissingData: given.treatMissingData,
    actionsEnabled: given.actionsEnabled,
    actions: {
      OK: given.okActions,
      ALARM: given.alarmActions,
      INSUFFICIENT_DATA: given.insufficientDataActions,
    },
  };
}
