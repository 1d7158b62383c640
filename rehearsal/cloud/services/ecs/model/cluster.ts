import { AwsError } from "../../../kernel/aws-error";
import type { CapacityProvider } from "./capacity-provider";
import type { ContainerInstance } from "./container-instance";
import type { DaemonService } from "./daemon-service";
import type { Task } from "./task";

/** ECS lists stopped tasks for an hour; a rehearsal keeps this many. */
const STOPPED_TASKS_KEPT = 100;

export interface ExecConfiguration {
  logging: "DEFAULT" | "OVERRIDE";
  /** It is given with `OVERRIDE` alone. */
  logConfiguration?: { cloudWatchLogGroupName: string } | undefined;
}

/** One ECS cluster with its instances, services, capacity providers and tasks. */
export class Cluster {
  tags: Readonly<Record<string, string>> = {};
  status: "ACTIVE" | "INACTIVE" = "ACTIVE";
  readonly instances = new Map<string, ContainerInstance>();
  /** By name. INACTIVE services stay until the name is used again. */
  readonly services = new Map<string, DaemonService>();
  /** The linked capacity providers; the cluster's default strategy is always empty. */
  capacityProviders: CapacityProvider[] = [];
  /** How sessions of ECS Exec are logged; undefined until it is given (C48). */
  execConfiguration: ExecConfiguration | undefined;
  /** Oldest first. */
  tasks: Task[] = [];

  constructor(
    readonly arn: string,
    readonly name: string,
  ) {}

  /** Log group of the sessions of ECS Exec; undefined for that of each container (C48). */
  get execLogGroup(): string | undefined {
    return this.execConfiguration?.logConfiguration?.cloudWatchLogGroupName;
  }

  get activeInstances(): ContainerInstance[] {
    return [...this.instances.values()].filter((instance) => instance.status === "ACTIVE" && instance.agentConnected);
  }

  /** Returns the tasks on an instance that have not stopped. */
  tasksOn(host: ContainerInstance): Task[] {
    return this.tasks.filter((task) => task.host === host && task.lastStatus !== "STOPPED");
  }

  addTask(task: Task): void {
    const stopped = this.tasks.filter(({ lastStatus }) => lastStatus === "STOPPED");
    const forgotten = new Set(stopped.slice(0, Math.max(0, stopped.length - STOPPED_TASKS_KEPT)));
    this.tasks = [...this.tasks.filter((known) => !forgotten.has(known)), task];
  }

  /** @throws AwsError with the reason why the cluster cannot be deleted now (aws-rules C22) */
  assertEmpty(): void {
    if ([...this.services.values()].some(({ status }) => status !== "INACTIVE")) {
      throw new AwsError(
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
      );
    }
    if (this.capacityProviders.length > 0) {
      throw new AwsError(
        "ClusterContainsCapacityProviderException",
        "The Cluster cannot be deleted while Capacity Providers are associated with it.",
      );
    }
    if (this.instances.size > 0) {
      throw new AwsError(
        "ClusterContainsContainerInstancesException",
        "The Cluster cannot be deleted while Container Instances are active or draining.",
      );
    }
    if (this.tasks.some(({ lastStatus }) => lastStatus !== "STOPPED")) {
      throw new AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
    }
  }
}
