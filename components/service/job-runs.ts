import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import type { Colour } from "../core/colour-name";
import { jobRunsRuleName } from "../core/names";
import type { Tags } from "../core/tags";

/** Where a job's tasks run. */
export interface JobTasks {
  /** ARNs of the clusters of both colours. */
  clusterArns: readonly pulumi.Input<string>[];
  /** Their names, which are those of the families of the job's tasks as well. */
  clusterNames: Readonly<Record<Colour, string>>;
}

/** The log of all jobs' runs. */
export interface RunsLog {
  /** Where EventBridge writes the end of each run. */
  runsLog: aws.cloudwatch.LogGroup;
  /** EventBridge may write there only from this on, and loses without a word what comes before (aws-rules W16). */
  mayWriteRuns: pulumi.Resource;
}

interface RecordRunsArgs extends JobTasks, RunsLog {
  account: Account;
  service: string;
  tags: Tags;
}

/** Lets EventBridge write the end of each run of a job into the stack's log, which the command `history` reads. */
export function recordRuns(parent: pulumi.Resource, name: string, args: RecordRunsArgs): void {
  const { account, service, runsLog, mayWriteRuns, tags } = args;
  const rule = new aws.cloudwatch.EventRule(
    `${name}-runs`,
    {
      name: jobRunsRuleName(account, service),
      description: `Runs of ${service}`,
      eventPattern: endedRuns(args),
      tags,
    },
    { parent },
  );
  new aws.cloudwatch.EventTarget(
    `${name}-runs`,
    { rule: rule.name, targetId: "log", arn: runsLog.arn },
    { parent, dependsOn: [mayWriteRuns] },
  );
}

/**
 * The pattern of ECS's events about a job's runs that have ended, without those of its migration, which have another
 * family (aws-rules W14).
 *
 * @param more further conditions on the event's detail
 */
export function endedRuns({ clusterArns, clusterNames }: JobTasks, more: object = {}): pulumi.Output<string> {
  return pulumi.jsonStringify({
    source: ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    detail: {
      clusterArn: clusterArns,
      group: Object.values(clusterNames).map((family) => `family:${family}`),
      lastStatus: ["STOPPED"],
      ...more,
    },
  });
}
