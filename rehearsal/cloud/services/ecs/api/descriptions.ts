import type { Cluster } from "../model/cluster";
import type { ContainerInstance } from "../model/container-instance";
import type { DaemonService } from "../model/daemon-service";
import type { Task } from "../model/task";
import { containersOf, type TaskDefinition } from "../model/task-definition";

/** In the form of DescribeTasks. */
export function describedTask(task: Task, cluster: Cluster, time: (ms: number | undefined) => unknown = seconds) {
  const { container: first } = task.definition;
  const { group, startedBy, overrides } = task.request;
  return {
    taskArn: task.arn,
    clusterArn: cluster.arn,
    taskDefinitionArn: task.definition.arn,
    // A task on Fargate is on no instance of the account.
    containerInstanceArn: task.host.arn || undefined,
    group,
    startedBy,
    enableExecuteCommand: task.request.enableExecuteCommand ?? false,
    launchType: task.host.arn === "" ? "FARGATE" : "EC2",
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    stoppedReason: task.stoppedReason || undefined,
    stopCode: task.stopCode,
    createdAt: time(task.createdAtMs),
    pullStartedAt: time(task.pullStartedAtMs),
    pullStoppedAt: time(task.pullStoppedAtMs),
    startedAt: time(task.startedAtMs),
    stoppingAt: time(task.stoppingAtMs),
    stoppedAt: time(task.stoppedAtMs),
    overrides: { containerOverrides: [{ name: first.name, ...overrides }] },
    containers: containersOf(task.definition).map((container) => {
      const { imageDigest, exitCode, reason } = task.reports.get(container.name) ?? {};
      const agent = task.agentStatus(container);
      return {
        name: container.name,
        taskArn: task.arn,
        image: container.image,
        imageDigest,
        // One that has ended before the others is STOPPED before its task is.
        lastStatus: exitCode === undefined ? task.lastStatus : "STOPPED",
        exitCode,
        managedAgents:
          agent === undefined
            ? undefined
            : [{ name: "ExecuteCommandAgent", lastStatus: agent, lastStartedAt: time(task.startedAtMs) }],
        reason: task.stopCode === "TaskFailedToStart" ? task.stoppedReason : reason,
        networkBindings:
          task.lastStatus === "RUNNING"
            ? container.portMappings.map((mapping) => ({ bindIP: "0.0.0.0", ...mapping }))
            : [],
      };
    }),
  };
}

/** In the form of DescribeContainerInstances. */
export function describedInstance(host: ContainerInstance) {
  const { arn, instance, capacityProviderName, status, agentConnected, registeredAtMs, tasks } = host;
  return {
    containerInstanceArn: arn,
    ec2InstanceId: instance.instanceId,
    capacityProviderName,
    status,
    agentConnected,
    runningTasksCount: [...tasks].filter(({ lastStatus }) => lastStatus === "RUNNING").length,
    pendingTasksCount: [...tasks].filter(({ lastStatus }) => lastStatus === "PENDING").length,
    registeredAt: seconds(registeredAtMs),
  };
}

/** In the form of DescribeServices. Both deployments of a changing service are told by their tasks' revisions. */
export function describedService(service: DaemonService) {
  const running = service.tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").length;
  const pending = service.tasks.filter(({ lastStatus }) => lastStatus === "PENDING").length;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    schedulingStrategy: "DAEMON",
    launchType: "EC2",
    taskDefinition: service.definition.arn,
    enableExecuteCommand: service.enableExecuteCommand,
    desiredCount: service.desiredCount,
    runningCount: running,
    pendingCount: pending,
    createdAt: seconds(service.createdAtMs),
    deploymentConfiguration: {
      minimumHealthyPercent: service.minimumHealthyPercent,
      maximumPercent: service.maximumPercent,
    },
    deployments: [
      {
        id: service.deployment.id,
        status: "PRIMARY",
        taskDefinition: service.definition.arn,
        desiredCount: service.desiredCount,
        runningCount: service.tasks.filter(
          (task) => task.definition === service.definition && task.lastStatus === "RUNNING",
        ).length,
        pendingCount: pending,
        createdAt: seconds(service.deployment.createdAtMs),
      },
    ],
    events: service.events.map(({ id, createdAtMs, message }) => ({ id, createdAt: seconds(createdAtMs), message })),
  };
}

/** In the form of DescribeTaskDefinition. */
/** A task as ECS's events have it: times are texts. */
export function taskStateChange(task: Task, cluster: Cluster) {
  return describedTask(task, cluster, (ms) => (ms === undefined ? undefined : new Date(ms).toISOString()));
}

export function describedTaskDefinition(definition: TaskDefinition) {
  const { arn, family, revision, status, networkMode, cpu, memory, executionRoleArn, taskRoleArn } = definition;
  return {
    taskDefinitionArn: arn,
    family,
    revision,
    status,
    networkMode,
    cpu: cpu === undefined ? undefined : String(cpu),
    memory: memory === undefined ? undefined : String(memory),
    executionRoleArn,
    taskRoleArn,
    containerDefinitions: JSON.parse(definition.containerDefinitions),
  };
}

/** ECS's protocol writes times as Unix seconds. */
function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
