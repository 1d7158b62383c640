import { CloudWatchLogsClient, GetLogEventsCommand, ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTasksCommand,
  ECSClient,
  InvalidParameterException,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { CALL_LIMITS } from "../core/aws-limits";
import { wasStopped } from "../core/stop-code";
import { CannotStart, type NewTask, type StandaloneTask, type TaskNetwork, type TaskRunner } from "../ports/run-task";
import { tasksIn } from "./cluster";
import { ownContainers } from "./own-containers";

/** Runs tasks with ECS RunTask and reads their logs from CloudWatch Logs. */
export class AwsTaskRunner implements TaskRunner {
  readonly #ecs: ECSClient;
  readonly #logs: CloudWatchLogsClient;

  constructor(region: string) {
    this.#ecs = new ECSClient({ region, ...CALL_LIMITS });
    this.#logs = new CloudWatchLogsClient({ region, ...CALL_LIMITS });
  }

  async find(cluster: string, startedBy: string): Promise<StandaloneTask[]> {
    // ListTasks accepts `startedBy` only without `desiredStatus`, and then lists no task that has ended.
    const running = await tasksIn(this.#ecs, cluster, "RUNNING");
    const all = [...running, ...(await tasksIn(this.#ecs, cluster, "STOPPED"))];
    const found = all.filter((task) => task.startedBy?.startsWith(startedBy));
    const createdMs = (task: Task) => task.createdAt?.getTime() ?? 0;
    return found.sort((one, two) => createdMs(two) - createdMs(one)).map(standaloneTask);
  }

  /** The SDK gives each call a client token, so that a retry starts no second task. */
  async start({ network, ...task }: NewTask): Promise<StandaloneTask> {
    const command = new RunTaskCommand({ ...task, ...placeOf(network), count: 1 });
    const { tasks, failures } = await this.#ecs.send(command).catch((error: unknown) => {
      if (error instanceof InvalidParameterException && /No Container Instances/i.test(error.message))
        throw new CannotStart("no instance is in the cluster yet", false);
      throw error;
    });
    const started = tasks?.[0];
    if (started) return standaloneTask(started);
    const reasons = [...new Set((failures ?? []).map(({ reason, detail }) => reason ?? detail ?? "no reason given"))];
    throw new CannotStart(
      `no instance has room for it (${reasons.join(", ")})`,
      reasons.some((reason) => reason.startsWith("RESOURCE:")),
    );
  }

  async look(cluster: string, id: string): Promise<StandaloneTask | null> {
    const { tasks } = await this.#ecs.send(new DescribeTasksCommand({ cluster, tasks: [id] }));
    return tasks?.[0] ? standaloneTask(tasks[0]) : null;
  }

  async stop(cluster: string, id: string, reason: string): Promise<void> {
    await this.#ecs.send(new StopTaskCommand({ cluster, task: id, reason }));
  }

  async log(logGroup: string, stream: string, since: string | null): Promise<{ lines: string[]; next: string | null }> {
    try {
      const { events, nextForwardToken } = await this.#logs.send(
        new GetLogEventsCommand({
          logGroupName: logGroup,
          logStreamName: stream,
          startFromHead: true,
          ...(since !== null && { nextToken: since }),
        }),
      );
      return { lines: (events ?? []).map(({ message }) => message ?? ""), next: nextForwardToken ?? since };
    } catch (error) {
      // The stream is created with the first line.
      if (error instanceof ResourceNotFoundException) return { lines: [], next: since };
      throw error;
    }
  }
}

/** A task on Fargate has a network interface of its own, without a public address. */
function placeOf(network: TaskNetwork | undefined): Pick<RunTaskCommandInput, "launchType" | "networkConfiguration"> {
  if (!network) return { launchType: "EC2" };
  const { subnetIds, securityGroupId } = network;
  const awsvpcConfiguration = {
    subnets: [...subnetIds],
    securityGroups: [securityGroupId],
    assignPublicIp: "DISABLED" as const,
  };
  return { launchType: "FARGATE", networkConfiguration: { awsvpcConfiguration } };
}

function standaloneTask(task: Task): StandaloneTask {
  const { taskArn = "", lastStatus = "", stoppedReason = "" } = task;
  const [container] = ownContainers(task);
  return {
    id: taskArn,
    container: container?.name ?? "",
    status: lastStatus,
    exitCode: container?.exitCode ?? null,
    reason: [stoppedReason, container?.reason].filter(Boolean).join(": "),
    wasStopped: wasStopped(task),
  };
}
