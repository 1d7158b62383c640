import { DescribeScalingActivitiesCommand } from "@aws-sdk/client-auto-scaling";
import { ListContainerInstancesCommand } from "@aws-sdk/client-ecs";
import { tasksIn } from "../../aws/cluster";
import type { Trial } from "../trial";

const TERMINATING = /^Terminating EC2 instance: (i-\w+)/;

export interface Termination {
  instanceId: string;
  startedMs: number;
  endedMs: number;
}

/** Returns the terminations of a group that have come to their end, newest first. */
export async function terminationsOf(trial: Trial, AutoScalingGroupName: string): Promise<Termination[]> {
  const { Activities = [] } = await trial.clients.autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName }),
  );
  return Activities.flatMap(({ Description = "", StartTime, EndTime }) => {
    const instanceId = TERMINATING.exec(Description)?.[1];
    return instanceId && StartTime && EndTime
      ? [{ instanceId, startedMs: StartTime.getTime(), endedMs: EndTime.getTime() }]
      : [];
  });
}

/** Returns when each stopped task of a cluster was told to stop and stopped, in Unix milliseconds, and the instances that are left in it. */
export async function stoppedIn(trial: Trial, cluster: string) {
  const { ecs } = trial.clients;
  const [tasks, { containerInstanceArns = [] }] = await Promise.all([
    tasksIn(ecs, cluster, "STOPPED"),
    ecs.send(new ListContainerInstancesCommand({ cluster })),
  ]);
  return {
    stopped: tasks.flatMap(({ stoppingAt, stoppedAt }) =>
      stoppedAt ? [{ stoppingMs: stoppingAt?.getTime(), stoppedMs: stoppedAt.getTime() }] : [],
    ),
    instancesLeft: containerInstanceArns.length,
  };
}
