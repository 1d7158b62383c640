import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../../../kernel/aws-error";
import type { Cluster } from "./cluster";
import type { ContainerInstance } from "./container-instance";
import { checkLaunch, type TaskNetwork } from "./fargate";
import type { Task } from "./task";
import type { TaskDefinition } from "./task-definition";
import type { ContainerOverrides } from "./task-request";

/** One call of RunTask. */
export interface RunTaskRequest {
  definition: TaskDefinition;
  /** Default: EC2. */
  launchType?: "EC2" | "FARGATE";
  /** Where the task's network interface is; a task on Fargate has one. */
  network?: TaskNetwork | undefined;
  count: number;
  startedBy: string | undefined;
  /** `family:<family>` if undefined. */
  group: string | undefined;
  overrides: ContainerOverrides & { name?: string | undefined };
  /** Default: false. */
  enableExecuteCommand?: boolean;
  /** A repeated request with the same token starts no new tasks. */
  clientToken: string | undefined;
}

export interface RunTaskResult {
  tasks: Task[];
  /** The reason for each instance on which a task could not be placed, such as `RESOURCE:MEMORY`. */
  failures: { arn: string; reason: string }[];
}

type Start = (cluster: Cluster, host: ContainerInstance, request: RunTaskRequest) => Task;
/** Gives a task on Fargate a machine of its own. */
type Machine = (network: TaskNetwork, definition: TaskDefinition) => ContainerInstance;

const STARTED_BY = /^[A-Za-z0-9_/-]{1,128}$/;

/** Starts standalone tasks. Each is placed once, beside the tasks that already run, and never restarted. */
export class RunTask {
  readonly #start: Start;
  readonly #answers = new Map<string, { request: RunTaskRequest; result: RunTaskResult }>();

  constructor(
    start: Start,
    private readonly machine: Machine,
  ) {
    this.#start = start;
  }

  /**
   * Starts as many tasks as fit. If one does not fit, the result has a failure for each instance and is no error, as
   * on AWS.
   *
   * @throws AwsError `InvalidParameterException`, `ConflictException`
   */
  run(cluster: Cluster, request: RunTaskRequest): RunTaskResult {
    check(request);
    const known = this.#answers.get(request.clientToken ?? "");
    if (known && !isDeepStrictEqual(known.request, request)) {
      throw new AwsError("ConflictException", "The clientToken was used for another request.");
    }
    if (known) return known.result;
    const result = this.#place(cluster, request);
    if (request.clientToken !== undefined) this.#answers.set(request.clientToken, { request, result });
    return result;
  }

  #place(cluster: Cluster, request: RunTaskRequest): RunTaskResult {
    const { definition, launchType = "EC2", network, count } = request;
    checkLaunch(definition, launchType, network);
    if (launchType === "FARGATE") {
      const machines = Array.from({ length: count }, () => this.machine(network!, definition));
      return { tasks: machines.map((machine) => this.#start(cluster, machine, request)), failures: [] };
    }
    const hosts = cluster.activeInstances;
    if (hosts.length === 0) {
      throw new AwsError("InvalidParameterException", "No Container Instances were found in your cluster.");
    }
    const result: RunTaskResult = { tasks: [], failures: [] };
    while (result.tasks.length < request.count) {
      const [host] = hosts
        .filter((candidate) => candidate.shortageFor(request.definition) === undefined)
        .sort((one, other) => one.tasks.size - other.tasks.size);
      if (!host) {
        const failures = hosts.map((full) => ({
          arn: full.arn,
          reason: `RESOURCE:${full.shortageFor(request.definition)}`,
        }));
        return { ...result, failures };
      }
      result.tasks.push(this.#start(cluster, host, request));
    }
    return result;
  }
}

function check({ overrides, definition, startedBy }: RunTaskRequest): void {
  if (overrides.name !== undefined && overrides.name !== definition.container.name) {
    throw new AwsError(
      "InvalidParameterException",
      `Override for container named ${overrides.name} is not a container in the TaskDefinition.`,
    );
  }
  if (startedBy !== undefined && !STARTED_BY.test(startedBy)) {
    throw new AwsError(
      "InvalidParameterException",
      `startedBy is "${startedBy}"; wanted up to 128 letters, numbers, hyphens, forward slashes and underscores`,
    );
  }
}
