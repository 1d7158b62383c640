import type { ContainerInstance } from "../aws/ecs/container-instance";
import type { Ecs } from "../aws/ecs/ecs";
import type { Task } from "../aws/ecs/task";
import type { Operation } from "./service";

const DEFAULT_CLUSTER = "default";

export function ecsOperations(ecs: Ecs): Record<string, Operation> {
  const clusterOf = (name: unknown) => ecs.cluster(String(name ?? DEFAULT_CLUSTER));
  return {
    /** Like ECS, by the status that a task is wanted to have; RUNNING if nothing is said. */
    ListTasks: ({ cluster, desiredStatus }) => ({
      taskArns: clusterOf(cluster)
        .tasks.filter((task) => task.desiredStatus === (desiredStatus ?? "RUNNING"))
        .map(({ arn }) => arn),
    }),
    DescribeTasks: ({ cluster, tasks }) => {
      const { tasks: known, arn } = clusterOf(cluster);
      return found(tasks, known, "tasks", (task) => describedTask(task, arn));
    },
    DescribeContainerInstances: ({ cluster, containerInstances }) => {
      const known = [...clusterOf(cluster).instances.values()];
      return found(containerInstances, known, "containerInstances", describedInstance);
    },
  };
}

/** The described ones, and a failure for each ARN that is not there. */
function found<Item extends { arn: string }>(
  asked: unknown,
  known: Item[],
  key: string,
  describe: (item: Item) => object,
) {
  const arns = (asked ?? []) as string[];
  const items = arns.flatMap((arn) => known.find((item) => item.arn === arn) ?? []);
  const missing = arns.filter((arn) => !known.some((item) => item.arn === arn));
  return { [key]: items.map(describe), failures: missing.map((arn) => ({ arn, reason: "MISSING" })) };
}

function describedTask(task: Task, clusterArn: string) {
  const { container } = task.definition;
  return {
    taskArn: task.arn,
    clusterArn,
    taskDefinitionArn: task.definition.arn,
    containerInstanceArn: task.host.arn,
    group: `service:${task.serviceName}`,
    launchType: "EC2",
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    stoppedReason: task.stoppedReason || undefined,
    stopCode: task.stopCode,
    createdAt: task.createdAtMs / 1000,
    startedAt: seconds(task.startedAtMs),
    stoppedAt: seconds(task.stoppedAtMs),
    containers: [
      {
        name: container.name,
        image: container.image,
        imageDigest: task.imageDigest,
        lastStatus: task.lastStatus,
        exitCode: task.exitCode,
      },
    ],
  };
}

function describedInstance(instance: ContainerInstance) {
  return {
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.instance.instanceId,
    status: instance.status,
    agentConnected: instance.agentConnected,
    runningTasksCount: [...instance.tasks].filter((task) => task.lastStatus === "RUNNING").length,
    registeredAt: instance.registeredAtMs / 1000,
  };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
