import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { jobAlarmName, jobRuleName, missedAlarmName } from "../core/names";
import type { Tags } from "../core/tags";
import type { Settings } from "../settings/settings";
import { endedRuns, type JobTasks } from "./job-runs";

/** An alarm is about single runs: it is on for some minutes after a failure, because an evaluation looks at more periods than one (aws-rules W10). */
const PERIOD_SECONDS = 60;

interface AlarmArgs {
  account: Account;
  /** ARNs of the topics that hear of an alarm. Its end, some minutes later, says nothing of the next run. */
  topics: readonly string[];
  tags: Tags;
}

export interface FailedRunsArgs extends AlarmArgs, JobTasks {
  service: string;
}

/**
 * Creates the alarm on a job's runs that fail: those that end with another code than 0, those that do not start, and those that are
 * stopped, whose program may end with 0 on SIGTERM with half of its work done (aws-rules C52). ECS tells EventBridge of each task
 * that stops, and a rule counts those (aws-rules W14). It has no target: its count is all that is wanted.
 *
 * Cost: 0.10 USD a month for the alarm (aws.amazon.com/cloudwatch/pricing); ECS's events cost nothing.
 */
export function createFailedRunsAlarm(parent: pulumi.Resource, name: string, args: FailedRunsArgs): void {
  const { account, service, tags } = args;
  const rule = new aws.cloudwatch.EventRule(
    `${name}-failed-runs`,
    {
      name: jobRuleName(account, service),
      description: `Runs of ${service} that failed`,
      eventPattern: endedRuns(args, {
        // Both have to be of one container (aws-rules W14): GuardDuty adds one of its own to tasks on Fargate.
        $or: [
          { containers: { name: [service], exitCode: [{ "anything-but": [0] }] } },
          { stopCode: [{ "anything-but": ["EssentialContainerExited"] }] },
        ],
      }),
      tags,
    },
    { parent },
  );
  createAlarm(parent, `${name}-failed-runs`, args, {
    name: jobAlarmName(account, service),
    alarmDescription: `A run of ${service} failed: see the command status, and logs ${service}`,
    namespace: "AWS/Events",
    metricName: "TriggeredRules",
    dimensions: { RuleName: rule.name },
  });
}

/**
 * Creates the alarm on times of the stack's schedules at which no task could be started, after all retries (aws-rules W15).
 */
export function createMissedAlarm(args: AlarmArgs & { groupName: pulumi.Input<string> }): void {
  createAlarm(undefined, "schedules-missed", args, {
    name: missedAlarmName(args.account),
    alarmDescription: "EventBridge Scheduler could not start a job at its time",
    namespace: "AWS/Scheduler",
    metricName: "InvocationDroppedCount",
    dimensions: { ScheduleGroup: args.groupName },
  });
}

function createAlarm(
  parent: pulumi.Resource | undefined,
  name: string,
  { topics, tags }: AlarmArgs,
  metric: Pick<aws.cloudwatch.MetricAlarmArgs, "name" | "alarmDescription" | "namespace" | "metricName" | "dimensions">,
): void {
  new aws.cloudwatch.MetricAlarm(
    `${name}-alarm`,
    {
      ...metric,
      statistic: "Sum",
      period: PERIOD_SECONDS,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: "GreaterThanThreshold",
      // Nothing is reported while nothing fails.
      treatMissingData: "notBreaching",
      alarmActions: [...topics],
      tags,
    },
    parent ? { parent } : {},
  );
}

/** The SNS topics among the places that are notified which an alarm can tell: those of its own region (aws-rules W19). */
export function alarmTopics(
  { notify }: Pick<Settings, "notify">,
  { partition, region }: Pick<Account, "partition" | "region">,
): string[] {
  return allTopics({ notify }).filter((arn) => arn.startsWith(`arn:${partition}:sns:${region}:`));
}

/** Returns what to warn of where there are topics and the alarms of jobs can tell none of them; null otherwise. */
export function untoldAlarms(
  settings: Pick<Settings, "notify">,
  account: Pick<Account, "partition" | "region">,
): string | null {
  const topics = allTopics(settings);
  if (topics.length === 0 || alarmTopics(settings, account).length > 0) return null;
  return `aoshingo:notify: the alarms of jobs tell nobody: CloudWatch takes topics of the alarm's own region only. Given ${topics.join(", ")}; wanted, besides, a topic in ${account.region}`;
}

function allTopics({ notify }: Pick<Settings, "notify">): string[] {
  return notify.flatMap(({ sns }) => sns ?? []);
}
