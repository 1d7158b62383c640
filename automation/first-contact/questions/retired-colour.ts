import { type Activity, paginateDescribeScalingActivities } from "@aws-sdk/client-auto-scaling";
import { DEFAULTS } from "../../../components/settings/schema/kinds";
import { containerInstancesIn, tasksIn } from "../../aws/cluster";
import type { Trial } from "../trial";

const TERMINATING = /^Terminating EC2 instance: (i-\w+)/;
/** AWS seconds by which two services' times of one moment may differ: Auto Scaling gives some of its own in whole seconds. */
const ROUNDED_SECONDS = 1;

export interface Termination {
  instanceId: string;
  startedMs: number;
  endedMs: number;
}

export interface StoppedTask {
  /** When it was told to stop; undefined if ECS does not say. */
  stoppingMs: number | undefined;
  stoppedMs: number;
}

/** Returns the scaling activities of a group, newest first. */
export async function activitiesOf(trial: Trial, AutoScalingGroupName: string): Promise<Activity[]> {
  const found: Activity[] = [];
  const client = trial.clients.autoScaling;
  for await (const { Activities = [] } of paginateDescribeScalingActivities({ client }, { AutoScalingGroupName }))
    found.push(...Activities);
  return found;
}

/** Returns the terminations of a group that have come to their end, newest first. */
export async function terminationsOf(trial: Trial, autoScalingGroup: string): Promise<Termination[]> {
  return (await activitiesOf(trial, autoScalingGroup)).flatMap(({ Description = "", StartTime, EndTime }) => {
    const instanceId = TERMINATING.exec(Description)?.[1];
    return instanceId && StartTime && EndTime
      ? [{ instanceId, startedMs: StartTime.getTime(), endedMs: EndTime.getTime() }]
      : [];
  });
}

/** Returns when each stopped task of a cluster was told to stop and stopped, in Unix milliseconds, and the instances that are left in it. */
export async function stoppedIn(
  trial: Trial,
  cluster: string,
): Promise<{ stopped: StoppedTask[]; instancesLeft: number }> {
  const { ecs } = trial.clients;
  const [tasks, instances] = await Promise.all([tasksIn(ecs, cluster, "STOPPED"), containerInstancesIn(ecs, cluster)]);
  return {
    stopped: tasks.flatMap(({ stoppingAt, stoppedAt }) =>
      stoppedAt ? [{ stoppingMs: stoppingAt?.getTime(), stoppedMs: stoppedAt.getTime() }] : [],
    ),
    instancesLeft: instances.length,
  };
}

/**
 * Returns how long after the beginning of its instance's termination each task was told to stop, in AWS seconds. Auto Scaling waits for its load balancers
 * first, and only then does ECS hear of it (aws-rules A9, C27); all that follows takes a time of its own. ECS does not say on which instance a task of the
 * past ran: one that several terminations may have stopped is left out.
 */
export function toldAfter(
  trial: Trial,
  terminations: readonly Termination[],
  stopped: readonly StoppedTask[],
): number[] {
  return stopped.flatMap(({ stoppingMs }) => {
    if (stoppingMs === undefined) return [];
    const [own, ...others] = terminations.filter(
      ({ startedMs, endedMs }) => startedMs <= stoppingMs && stoppingMs <= endedMs,
    );
    return own && others.length === 0 ? [trial.seconds(stoppingMs - own.startedMs)] : [];
  });
}

/** Whether the whole deregistration delay fits into so many AWS seconds. */
export function hasWholeDelay(seconds: number): boolean {
  return seconds >= DEFAULTS.deregistrationDelaySeconds - ROUNDED_SECONDS;
}
