import {
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { DescribeTasksCommand } from "@aws-sdk/client-ecs";
import type { Question } from "../question";
import { terminationsOf } from "./retired-colour";

/** AWS seconds. */
const TERMINATION_LIMIT_SECONDS = 900;
const LIMIT_SECONDS = 1_800;

/**
 * Terminates an instance without ECS's hook, so that nobody drains it: its agent ends before it can tell ECS that the
 * task has ended, and ECS finds out by itself.
 */
export const stoppedLag: Question = {
  title: "how late ECS says STOPPED for an instance that was not drained",
  numbers: ["stoppedLag"],
  moments: ["last"],

  async ask(trial) {
    const { autoScaling, ecs } = trial.clients;
    const { active, colours } = await trial.service();
    const { autoScalingGroup: AutoScalingGroupName, cluster } = colours[active];
    const { tasks } = await trial.parts.observer.colour(colours[active]);
    const task = tasks.find(({ status, instanceId }) => status === "RUNNING" && instanceId !== "");
    if (!task) return {};
    const { LifecycleHooks = [] } = await autoScaling.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName }));
    for (const { LifecycleHookName } of LifecycleHooks)
      await autoScaling.send(new DeleteLifecycleHookCommand({ AutoScalingGroupName, LifecycleHookName }));
    const { instanceId: InstanceId } = task;
    await autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: false }),
    );
    const ended = await trial.until(TERMINATION_LIMIT_SECONDS, async () =>
      (await terminationsOf(trial, AutoScalingGroupName)).find(({ instanceId }) => instanceId === InstanceId),
    );
    if (!ended) return {};
    const seen = await trial.until(LIMIT_SECONDS, async () => {
      const { tasks: now = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task.id] }));
      const stopped = now.find(({ lastStatus }) => lastStatus === "STOPPED");
      return stopped
        ? { atMs: stopped.stoppedAt?.getTime(), lag: trial.seconds(trial.awsNow() - ended.endedMs) }
        : null;
    });
    // A task that had stopped before its instance ended was told to by somebody: that is no lag.
    const isLate = seen !== null && (seen.atMs === undefined || seen.atMs >= ended.endedMs);
    return { seconds: { stoppedLag: isLate ? [seen.lag] : [] } };
  },
};
