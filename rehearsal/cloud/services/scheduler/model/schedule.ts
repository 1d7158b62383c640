import { isTimeZone } from "../../../../../components/core/time-zone";
import { cronProblem, nextTimeMs } from "../../../../../components/settings/schedule";
import { AwsError } from "../../../kernel/aws-error";

interface EcsTarget {
  taskDefinitionArn: string;
  launchType: "EC2" | "FARGATE";
  taskCount: number;
  network: { subnets: string[]; securityGroups: string[] } | undefined;
  enableEcsManagedTags: boolean;
  enableExecuteCommand: boolean;
  propagateTags: "TASK_DEFINITION" | undefined;
}

/** What one schedule does, as CreateSchedule and UpdateSchedule take it. */
export interface ScheduleSettings {
  scheduleExpression: string;
  scheduleExpressionTimezone: string;
  state: "ENABLED" | "DISABLED";
  target: {
    /** ARN of the cluster. */
    arn: string;
    roleArn: string;
    ecsParameters: EcsTarget;
    /** JSON with overrides of the task, in which `<aws.scheduler.scheduled-time>` stands for the time. */
    input: string | undefined;
    retryPolicy: { maximumEventAgeInSeconds: number; maximumRetryAttempts: number };
  };
}

export interface Schedule extends ScheduleSettings {
  arn: string;
  name: string;
  groupName: string;
  /** AWS's time of the last change of the expression: a rate counts from it (Y4). Unix milliseconds. */
  countedFromMs: number;
}

const RATE = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/;
const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** @throws AwsError `ValidationException` (Y2) */
export function checkExpression(scheduleExpression: string, timeZone: string): void {
  if (scheduleExpression.startsWith("at(")) {
    throw new AwsError("ValidationException", "the rehearsal cloud has schedules of rate(...) and cron(...) only");
  }
  const isGood = scheduleExpression.startsWith("rate(")
    ? RATE.test(scheduleExpression)
    : cronProblem(scheduleExpression) === undefined;
  if (!isGood) throw new AwsError("ValidationException", `Invalid Schedule Expression ${scheduleExpression}.`);
  if (!isTimeZone(timeZone))
    throw new AwsError("ValidationException", `Invalid Schedule Expression Timezone ${timeZone}.`);
}

/**
 * Returns the first time of a schedule after this one, in AWS's time; null if there is none. A rate's first time is the one that it
 * counts from (Y4).
 */
export function timeAfter(
  schedule: Pick<Schedule, "scheduleExpression" | "scheduleExpressionTimezone" | "countedFromMs">,
  afterMs: number,
): number | null {
  const { scheduleExpression: cron, scheduleExpressionTimezone: timeZone, countedFromMs } = schedule;
  const [, value, unit] = RATE.exec(cron) ?? [];
  if (value === undefined) return nextTimeMs({ cron, timeZone }, afterMs);
  const everyMs = Number(value) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return countedFromMs + Math.max(0, Math.floor((afterMs - countedFromMs) / everyMs) + 1) * everyMs;
}
