import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { jobRunsLogGroupName, scheduleGroupName } from "../core/names";
import type { Tags } from "../core/tags";
import { policyDocument } from "../security/policy-document";
import type { Settings } from "../settings/settings";
import { alarmTopics, createMissedAlarm, untoldAlarms } from "./job-alarms";
import type { RunsLog } from "./job-runs";

/** A run of the last months is what somebody asks for; ECS itself forgets a task after an hour. */
const RUNS_RETENTION_DAYS = 90;
/** EventBridge writes to a log group as these two. */
const WRITERS = ["events.amazonaws.com", "delivery.logs.amazonaws.com"];

/** What all jobs of a stack share. */
export interface JobsShared extends RunsLog {
  scheduleGroup: aws.scheduler.ScheduleGroup;
}

export interface JobsSharedArgs {
  account: Account;
  settings: Pick<Settings, "notify">;
  tags: Tags;
}

/**
 * Creates what the jobs of a stack share: the group of their schedules with its alarm, and the log of their runs.
 *
 * Cost: 0.10 USD a month for the alarm; the log gets a kilobyte for each run (aws.amazon.com/cloudwatch/pricing).
 */
export function createJobsShared({ account, settings, tags }: JobsSharedArgs): JobsShared {
  const scheduleGroup = new aws.scheduler.ScheduleGroup("schedules", { name: scheduleGroupName(account), tags });
  const untold = untoldAlarms(settings, account);
  if (untold !== null) void pulumi.log.warn(untold);
  createMissedAlarm({ account, groupName: scheduleGroup.name, topics: alarmTopics(settings, account), tags });
  const name = jobRunsLogGroupName(account);
  const runsLog = new aws.cloudwatch.LogGroup("job-runs", { name, retentionInDays: RUNS_RETENTION_DAYS, tags });
  const mayWriteRuns = new aws.cloudwatch.LogResourcePolicy("job-runs", {
    policyName: `${scheduleGroupName(account)}-job-runs`,
    policyDocument: runsLog.arn.apply((arn) =>
      JSON.stringify(
        policyDocument([
          {
            Effect: "Allow",
            Principal: { Service: WRITERS },
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: `${arn}:*`,
          },
        ]),
      ),
    ),
  });
  return { scheduleGroup, runsLog, mayWriteRuns };
}
