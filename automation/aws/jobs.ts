import { DescribeTaskDefinitionCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import { GetScheduleCommand, ResourceNotFoundException, SchedulerClient } from "@aws-sdk/client-scheduler";
import type { JobOutputs } from "../../components/live/outputs";
import type { AwsLimits } from "../core/aws-limits";
import { wasStopped } from "../core/stop-code";
import type { ObservedRun, ObservedSchedule } from "../ports/observer";
import { tasksIn } from "./cluster";
import { ownContainers } from "./own-containers";

/**
 * Asks EventBridge Scheduler what a job's schedule starts.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function schedule(
  config: { region: string } & AwsLimits,
  { schedule: Name, scheduleGroup: GroupName }: Pick<JobOutputs, "schedule" | "scheduleGroup">,
): Promise<ObservedSchedule | null> {
  const client = new SchedulerClient(config);
  try {
    const { State, Target } = await client.send(new GetScheduleCommand({ Name, GroupName }));
    return { isEnabled: State === "ENABLED", taskDefinition: Target?.EcsParameters?.TaskDefinitionArn ?? "" };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  } finally {
    client.destroy();
  }
}

/**
 * Returns a job's tasks in a cluster, without those of its migration, which have a family of their own.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function jobTasks(ecs: ECSClient, cluster: string, status: "RUNNING" | "STOPPED"): Promise<Task[]> {
  return (await tasksIn(ecs, cluster, status)).filter(({ group }) => group === `family:${cluster}`);
}

/**
 * Asks ECS for the runs of a job.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function runs(ecs: ECSClient, cluster: string): Promise<ObservedRun[]> {
  const tasks = await Promise.all([jobTasks(ecs, cluster, "RUNNING"), jobTasks(ecs, cluster, "STOPPED")]);
  return tasks.flat().map(observedRun);
}

function observedRun(task: Task): ObservedRun {
  const { createdAt, stoppedAt, lastStatus, stoppedReason = "" } = task;
  return {
    createdMs: createdAt?.getTime() ?? 0,
    endedMs: lastStatus === "STOPPED" ? (stoppedAt?.getTime() ?? 0) : null,
    exitCode: ownContainers(task)[0]?.exitCode ?? null,
    wasStopped: lastStatus === "STOPPED" && wasStopped(task),
    reason: lastStatus === "STOPPED" ? stoppedReason : "",
  };
}

/**
 * Asks ECS for the image of a revision that tasks can be started of.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function taskImage(ecs: ECSClient, taskDefinition: string): Promise<string | null> {
  const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  return found?.status === "ACTIVE" ? (found.containerDefinitions?.[0]?.image ?? null) : null;
}
