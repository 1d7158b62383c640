import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { regionalArn } from "../core/arn";
import type { Colour } from "../core/colour-name";
import { rolePath } from "../core/names";
import type { Tags } from "../core/tags";
import type { LiveService } from "../live/live";
import type { ServiceOutputs, Wrapped } from "../live/outputs";
import { policyDocument } from "../security/policy-document";
import type { Roles } from "../security/roles";
import { runStatements } from "../security/service-policies";
import type { Schedule } from "../settings/schedule";
import { SCHEDULED_TIME } from "../settings/variable-names";
import type { JobColour } from "./job-colour";

/**
 * A run that could not be started within this time is given up: the next one is due, or it would come at a time for which
 * nobody meant it. Scheduler's own limit is a day (aws-rules Y5).
 */
const MAX_AGE_SECONDS = 900;
const MAX_RETRIES = 10;
/** What Scheduler puts its time in the place of (aws-rules Y7). */
const SCHEDULERS_TIME = "<aws.scheduler.scheduled-time>";

export interface JobScheduleArgs {
  account: Account;
  service: string;
  schedule: Schedule;
  /** Name of the stack's schedule group. */
  groupName: pulumi.Input<string>;
  groupArn: pulumi.Input<string>;
  live: LiveService;
  colours: Readonly<Record<Colour, JobColour>>;
  clusterNames: Readonly<Record<Colour, string>>;
  roles: Roles;
  /** Whether ECS Exec reaches the tasks of a colour's release. */
  hasExec: Readonly<Record<Colour, boolean>>;
  subnetIds: pulumi.Input<string[]>;
  securityGroupId: pulumi.Input<string>;
  /** Tasks may start only when these exist. */
  runAfter: readonly pulumi.Resource[];
  tags: Tags;
}

/**
 * What starts a job at its times: one schedule of EventBridge Scheduler, whose target is the task definition of the active
 * colour. A cutover changes the target and nothing else, so that no time is ever for both colours. Until the first release
 * is active the schedule is disabled. Its times are those of the clock, whatever a deploy changes (aws-rules Y4).
 *
 * Cost: 1 USD for each million starts after the first 14 million of a month (aws.amazon.com/eventbridge/pricing).
 */
export class JobSchedule extends pulumi.ComponentResource {
  readonly schedule: aws.scheduler.Schedule;
  readonly outputs: Wrapped<NonNullable<ServiceOutputs["job"]>>;

  constructor(name: string, args: JobScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:schedule:JobSchedule", name, {}, opts);

    const { live, colours, clusterNames, groupName } = args;
    const colour = colours[live.active];
    // Before its own first release the active colour may have the task definition of the other one's.
    const { release } = live.colours[live.active];
    const taskDefinition = release ? colour.taskDefinitions?.taskDefinition.arn : undefined;
    const role = createRole(this, name, args);
    this.schedule = new aws.scheduler.Schedule(
      `${name}-schedule`,
      {
        name: args.service,
        groupName,
        scheduleExpression: args.schedule.cron,
        scheduleExpressionTimezone: args.schedule.timeZone,
        // A window would put a run off by up to its length, so that a cutover could come between a time and its run.
        flexibleTimeWindow: { mode: "OFF" },
        state: taskDefinition ? "ENABLED" : "DISABLED",
        target: {
          arn: colour.cluster.arn,
          roleArn: role.arn,
          ecsParameters: {
            // A family stands for the release that there is not yet.
            taskDefinitionArn: taskDefinition ?? familyArn(args.account, clusterNames[live.active]),
            launchType: "FARGATE",
            taskCount: 1,
            networkConfiguration: {
              subnets: args.subnetIds,
              securityGroups: [args.securityGroupId],
              assignPublicIp: false,
            },
            enableEcsManagedTags: true,
            propagateTags: "TASK_DEFINITION",
            ...(args.hasExec[live.active] ? { enableExecuteCommand: true } : {}),
          },
          // A run knows for which time it is, whatever the time is when it starts, and can tell a second one for it.
          input: pulumi.jsonStringify({
            containerOverrides: [
              { name: args.service, environment: [{ name: SCHEDULED_TIME, value: SCHEDULERS_TIME }] },
            ],
          }),
          retryPolicy: { maximumEventAgeInSeconds: MAX_AGE_SECONDS, maximumRetryAttempts: MAX_RETRIES },
        },
      },
      { parent: this, dependsOn: [...args.runAfter] },
    );
    this.outputs = {
      schedule: this.schedule.name,
      scheduleGroup: groupName,
      subnetIds: args.subnetIds,
      securityGroupId: args.securityGroupId,
    };
    this.registerOutputs({ schedule: this.schedule.name });
  }
}

/** The role by which Scheduler starts the job's tasks, and nothing else. */
function createRole(
  parent: JobSchedule,
  name: string,
  { account, groupArn, clusterNames, roles, tags }: JobScheduleArgs,
): aws.iam.Role {
  const trust = pulumi.all([account.id, groupArn]).apply(([id, arn]) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: "sts:AssumeRole",
          // Schedules of other accounts and groups may name the role, and do not get it.
          Condition: { StringEquals: { "aws:SourceAccount": id, "aws:SourceArn": arn } },
        },
      ],
    }),
  );
  const role = new aws.iam.Role(
    `${name}-scheduler`,
    { path: rolePath(account), assumeRolePolicy: trust, tags },
    { parent },
  );
  const policy = pulumi
    .all([account.id, roles.executionRoleArn, roles.taskRole.arn])
    .apply(([id, ...roleArns]) =>
      JSON.stringify(
        policyDocument(runStatements({ ...account, id }, { clusterNames: Object.values(clusterNames), roleArns })),
      ),
    );
  new aws.iam.RolePolicy(`${name}-run`, { role: role.name, policy }, { parent });
  return role;
}

function familyArn(account: Account, family: string): pulumi.Output<string> {
  return pulumi.output(account.id).apply((id) => regionalArn({ ...account, id }, "ecs", `task-definition/${family}`));
}
