import { setMaxListeners } from "node:events";
import { lastPart } from "../../../../../components/core/arn";
import { AwsError } from "../../../kernel/aws-error";
import { Subscribers } from "../../../kernel/subscribers";
import type { AutoScaling } from "../../autoscaling/model/auto-scaling";
import type { Instance } from "../../ec2/model/instance";
import type { InstanceEnd, Instances } from "../../ec2/model/instances";
import { DEFAULT_CLUSTER } from "../../ec2/model/user-data";
import { Agent } from "./agent";
import { ecsArn } from "./arns";
import { CapacityProviders } from "./capacity-providers";
import { Cluster } from "./cluster";
import { ContainerInstance } from "./container-instance";
import { DaemonService } from "./daemon-service";
import { fargateMachine } from "./fargate";
import { ManagedDraining } from "./managed-draining";
import { RunTask, type RunTaskRequest, type RunTaskResult } from "./run-task";
import { checkServiceRequest, type ServiceRequest } from "./service-request";
import { Task, type TaskPorts } from "./task";
import { TaskDefinitions } from "./task-definitions";
import { NO_OVERRIDES, type TaskRequest } from "./task-request";

/** What `startedBy` of a task begins with that EventBridge Scheduler has started; the schedule's name follows. */
export const BY_SCHEDULE = "chronos-schedule/";
/** Docker's own limit at shutdown, in AWS seconds; ECS's stopTimeout does not apply (aws-rules 12 f). */
const SHUTDOWN_GRACE_SECONDS = 10;

export interface EcsOptions extends TaskPorts {
  instances: Instances;
  autoScaling: Pick<AutoScaling, "groups">;
  /** Whether ECS's service-linked role is there. If not, the call creates it (I17). Default: it is there. */
  hasServiceLinkedRole?: () => boolean;
  /** Hears of each change of a task's status, as EventBridge does. */
  onTaskStatus?(task: Task, cluster: Cluster): void;
}

/** ECS: clusters, container instances, capacity providers, task definitions, services and tasks. */
export class Ecs {
  readonly taskDefinitions: TaskDefinitions;
  readonly capacityProviders: CapacityProviders;
  readonly #options: EcsOptions;
  readonly #clusters = new Map<string, Cluster>();
  readonly #agents = new Map<string, Agent>();
  readonly #changes = new Subscribers<void>();
  readonly #draining: ManagedDraining;
  readonly #closing = new AbortController();
  readonly #runTask: RunTask;

  constructor(options: EcsOptions) {
    this.#options = options;
    this.taskDefinitions = new TaskDefinitions(options.context);
    const { context, autoScaling } = options;
    const clusters = () => [...this.#clusters.values()];
    this.#draining = new ManagedDraining({
      context,
      clusters,
      onChange: (listener) => this.onChange(listener),
      drain: (cluster, host) => this.#drain(cluster, host),
    });
    this.capacityProviders = new CapacityProviders({ context, autoScaling, clusters, draining: this.#draining });
    this.#runTask = new RunTask(
      (cluster, host, request) => this.#startStandaloneTask(cluster, host, request),
      (network, definition) => fargateMachine(context, options.reachability, network, definition),
    );
    options.instances.onState((instance) => {
      if (instance.state === "running") this.#startAgent(instance);
      if (instance.state === "terminated") this.#agents.delete(instance.instanceId);
    });
    options.instances.onEnd((instance, end) => this.#endInstance(instance, end));
    // Each instance that is gone adds a listener.
    setMaxListeners(0, this.#closing.signal);
  }

  /**
   * Calls the listener at each change of a cluster's services, tasks or instances. Returns the unsubscribe function.
   */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /** Returns the existing cluster if the name is already used, as on AWS. */
  createCluster(name: string, tags: Cluster["tags"] = {}): Cluster {
    const known = this.#clusters.get(name);
    // Whoever made it, and with whatever tags (C53).
    if (known?.status === "ACTIVE") return known;
    if (this.#options.hasServiceLinkedRole?.() === false) {
      throw new AwsError(
        "InvalidParameterException",
        "Unable to assume the service linked role. Please verify that the ECS service linked role exists.",
      );
    }
    const cluster = new Cluster(ecsArn(this.#options.context, `cluster/${name}`), name);
    cluster.tags = tags;
    this.#clusters.set(name, cluster);
    return cluster;
  }

  /** @throws AwsError `ClusterNotFoundException` */
  cluster(nameOrArn: string): Cluster {
    const cluster = this.#clusters.get(lastPart(nameOrArn));
    if (cluster?.status === "ACTIVE") return cluster;
    throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  }

  findCluster(nameOrArn: string): Cluster | undefined {
    const cluster = this.#clusters.get(lastPart(nameOrArn));
    return cluster?.status === "ACTIVE" ? cluster : undefined;
  }

  deleteCluster(nameOrArn: string): void {
    const cluster = this.cluster(nameOrArn);
    cluster.assertEmpty();
    cluster.status = "INACTIVE";
    this.#clusters.delete(cluster.name);
  }

  createService(clusterNameOrArn: string, request: ServiceRequest): DaemonService {
    const cluster = this.cluster(clusterNameOrArn);
    checkServiceRequest(request);
    const known = cluster.services.get(request.name);
    if (known?.status === "ACTIVE") {
      throw new AwsError("InvalidParameterException", "Creation of service was not idempotent.");
    }
    if (known?.status === "DRAINING") {
      throw new AwsError("InvalidParameterException", "Unable to Start a service that is still Draining.");
    }
    const { context } = this.#options;
    const service = new DaemonService(
      context,
      ecsArn(context, `service/${cluster.name}/${request.name}`),
      cluster,
      request.name,
      request,
      (starting, host, onStatus) => this.#startServiceTask(cluster, starting, host, onStatus),
      () => this.#changes.notify(),
    );
    cluster.services.set(request.name, service);
    return service;
  }

  /** Returns undefined if there is no service of that name. */
  findService(clusterNameOrArn: string, nameOrArn: string): DaemonService | undefined {
    return this.findCluster(clusterNameOrArn)?.services.get(lastPart(nameOrArn));
  }

  /** @throws AwsError `ServiceNotFoundException`, `ServiceNotActiveException` */
  service(clusterNameOrArn: string, nameOrArn: string): DaemonService {
    const service = this.cluster(clusterNameOrArn).services.get(lastPart(nameOrArn));
    if (!service) throw new AwsError("ServiceNotFoundException", "Service not found.");
    if (service.status !== "ACTIVE") throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
    return service;
  }

  /** Starts standalone tasks; see RunTask. */
  runTask(clusterNameOrArn: string, request: RunTaskRequest): RunTaskResult {
    return this.#runTask.run(this.cluster(clusterNameOrArn), request);
  }

  /**
   * Begins to stop a task: SIGTERM, stopTimeout, SIGKILL. Does not wait for its end. A service starts another task.
   *
   * @throws AwsError `InvalidParameterException`
   */
  stopTask(clusterNameOrArn: string, idOrArn: string, reason: string): Task {
    const task = this.cluster(clusterNameOrArn).tasks.find(({ id }) => id === lastPart(idOrArn));
    if (!task) throw new AwsError("InvalidParameterException", "The referenced task was not found.");
    void task.stop(reason, "UserInitiated");
    return task;
  }

  /** Returns the ids of the processes of an instance's tasks. */
  processIds(instanceId: string): number[] {
    const joined = this.#membership(instanceId);
    return joined ? joined.cluster.tasksOn(joined.host).flatMap((task) => task.processIds) : [];
  }

  /** Returns the tasks that run, by the instance that they run on. */
  get runningTasks(): Map<Instance, Task> {
    const running = [...this.#clusters.values()].flatMap(({ tasks }) =>
      tasks.filter(({ lastStatus, processId }) => lastStatus === "RUNNING" && processId !== undefined),
    );
    return new Map(running.map((task) => [task.host.instance, task]));
  }

  disconnectAgent(instanceId: string): void {
    this.#membership(instanceId)?.host.disconnectAgent();
    this.#changes.notify();
  }

  /** Does nothing for an instance that is gone. */
  connectAgent(instanceId: string): void {
    const joined = this.#membership(instanceId);
    if (joined?.host.instance.state !== "running") return;
    joined.host.connectAgent();
    this.#reconcileAll(joined.cluster);
  }

  /** Returns the reasons why an instance does not serve, as far as ECS knows, one line each. Empty if it serves. */
  explain(instanceId: string): string[] {
    const obstacle = this.#agents.get(instanceId)?.obstacle;
    if (obstacle) return [`did not join an ECS cluster: ${obstacle}`];
    const joined = this.#membership(instanceId);
    if (!joined) return [];
    const services = [...joined.cluster.services.values()].filter(({ status }) => status === "ACTIVE");
    if (services.length === 0) return [`is in ECS cluster ${joined.cluster.name}, which has no service`];
    return services.flatMap((service) => explainService(joined.cluster, service, joined.host));
  }

  /** Kills the processes of all tasks and does not wait. */
  close(): void {
    this.#closing.abort();
    this.#draining.close();
    for (const agent of this.#agents.values()) agent.stop();
    for (const cluster of this.#clusters.values()) {
      for (const service of cluster.services.values()) service.close();
    }
    this.#options.ledger.killAll();
  }

  #membership(instanceId: string): { cluster: Cluster; host: ContainerInstance } | undefined {
    for (const cluster of this.#clusters.values()) {
      const host = cluster.instances.get(instanceId);
      if (host) return { cluster, host };
    }
    return undefined;
  }

  #startAgent(instance: Instance): void {
    const agent = new Agent(
      { ...this.#options, register: (clusterName, joining) => this.#register(clusterName, joining) },
      instance,
    );
    this.#agents.set(instance.instanceId, agent);
    void agent.run();
  }

  #register(clusterName: string, instance: Instance): string | undefined {
    const cluster = clusterName === DEFAULT_CLUSTER ? this.createCluster(clusterName) : this.findCluster(clusterName);
    if (!cluster) return `cluster ${clusterName}: ClientException: Cluster not found.`;
    const { context } = this.#options;
    const arn = ecsArn(context, `container-instance/${cluster.name}/${context.random.hex(32)}`);
    const provider = this.capacityProviders.ofInstance(cluster, instance.instanceId);
    cluster.instances.set(instance.instanceId, new ContainerInstance(arn, instance, provider?.name));
    for (const service of cluster.services.values()) service.reconcile();
    this.#changes.notify();
    return undefined;
  }

  /**
   * Ends what runs on an instance. At a shutdown the system stops the agent before Docker stops the containers, so that
   * nobody tells ECS of their end: only an instance that was drained before leaves its cluster at once (C23).
   */
  async #endInstance(instance: Instance, end: InstanceEnd): Promise<void> {
    this.#agents.get(instance.instanceId)?.stop();
    const joined = this.#membership(instance.instanceId);
    if (!joined) return;
    const { cluster, host } = joined;
    const wasDrained = host.agentConnected && host.status === "DRAINING" && host.tasks.size === 0;
    host.disconnectAgent();
    this.#reconcileAll(cluster);
    const graceSeconds = end === "loss" ? null : SHUTDOWN_GRACE_SECONDS;
    await Promise.all(cluster.tasksOn(host).map((task) => task.endWithInstance(graceSeconds)));
    if (wasDrained) this.#forget(cluster, host);
    else void this.#forgetLater(cluster, host);
  }

  async #forgetLater(cluster: Cluster, host: ContainerInstance): Promise<void> {
    const { clock, random, assumptions } = this.#options.context;
    const seconds = random.within(assumptions.stoppedLag);
    await this.#terminated(host.instance);
    if (await clock.passes(seconds, this.#closing.signal)) this.#forget(cluster, host);
  }

  #terminated(instance: Instance): Promise<void> {
    return new Promise((resolve) => {
      const unsubscribe = this.#options.instances.onState((changed) => {
        if (changed !== instance || changed.state !== "terminated") return;
        unsubscribe();
        resolve();
      });
    });
  }

  #forget(cluster: Cluster, host: ContainerInstance): void {
    for (const task of cluster.tasksOn(host)) task.loseInstance();
    cluster.instances.delete(host.instance.instanceId);
    host.giveUp();
    this.#reconcileAll(cluster);
  }

  #reconcileAll(cluster: Cluster): void {
    for (const service of cluster.services.values()) service.reconcile();
    this.#changes.notify();
  }

  /** Sets an instance to DRAINING, which stops the daemon tasks on it, or back to ACTIVE (C24). */
  setInstanceStatus(cluster: Cluster, host: ContainerInstance, status: "ACTIVE" | "DRAINING"): void {
    if (host.status === status) return;
    host.status = status;
    this.#reconcileAll(cluster);
  }

  /** Sets an instance to DRAINING, which only an ACTIVE one can be (C24). */
  #drain(cluster: Cluster, host: ContainerInstance): void {
    if (host.status !== "ACTIVE") return;
    host.status = "DRAINING";
    for (const service of cluster.services.values()) service.reconcile();
    this.#changes.notify();
  }

  #startServiceTask(
    cluster: Cluster,
    service: DaemonService,
    host: ContainerInstance,
    onStatus: (task: Task) => void,
  ): Task {
    const { name, definition, deployment, enableExecuteCommand } = service;
    const request = {
      group: `service:${name}`,
      serviceName: name,
      startedBy: deployment.id,
      definition,
      overrides: NO_OVERRIDES,
      host,
      enableExecuteCommand,
    };
    return this.#addTask(cluster, request, (changed) => {
      onStatus(changed);
      if (changed.lastStatus === "STOPPED") reconcileOthers(cluster, service);
    });
  }

  #startStandaloneTask(cluster: Cluster, host: ContainerInstance, asked: RunTaskRequest): Task {
    const { definition, startedBy, overrides, group = `family:${definition.family}`, enableExecuteCommand } = asked;
    const request = {
      ...{ group, serviceName: undefined, startedBy, definition, overrides, host },
      enableExecuteCommand: enableExecuteCommand ?? false,
    };
    return this.#addTask(cluster, request, (changed) => {
      if (changed.lastStatus === "STOPPED") {
        reportScheduledRun(this.#options.context, changed);
        reconcileOthers(cluster);
      }
      this.#changes.notify();
    });
  }

  #addTask(
    cluster: Cluster,
    request: Omit<TaskRequest, "id" | "arn" | "clusterName">,
    onStatus: (task: Task) => void,
  ): Task {
    const { context } = this.#options;
    const id = context.random.hex(32);
    const arn = ecsArn(context, `task/${cluster.name}/${id}`);
    const task = new Task(this.#options, { ...request, id, arn, clusterName: cluster.name }, (changed) => {
      onStatus(changed);
      this.#options.onTaskStatus?.(changed, cluster);
    });
    cluster.addTask(task);
    return task;
  }
}

/** Tells of the end of a task that a schedule has started, unless a person or the end of the cloud stopped it. */
function reportScheduledRun({ emit }: EcsOptions["context"], task: Task): void {
  const { request, id: taskId, exitCode = null, stopCode, stoppedReason: reason } = task;
  const { service, release = "" } = task.identity;
  if (!request.startedBy?.startsWith(BY_SCHEDULE) || stopCode === "UserInitiated") return;
  if ([...task.ends.values()].includes("lost")) return;
  emit({ kind: "scheduledRun", atMs: Date.now(), service, release, taskId, exitCode, reason });
}

/** Reconciles the other services: one of them may wait for a resource of the stopped task, such as its host port. */
function reconcileOthers(cluster: Cluster, service?: DaemonService): void {
  for (const other of cluster.services.values()) if (other !== service) other.reconcile();
}

/** Returns the reason why a service does not run on an instance, if there is one. */
function explainService(cluster: Cluster, service: DaemonService, host: ContainerInstance): string[] {
  const running = service.tasks.find((task) => task.host === host && task.lastStatus === "RUNNING");
  if (running) return running.explain();
  const last = cluster.tasks.findLast((task) => task.host === host && task.request.serviceName === service.name);
  if (last?.lastStatus === "STOPPED") {
    const reason = [last.stoppedReason, last.containerReason].filter(Boolean).join(": ");
    return [`task of service ${service.name} stopped: ${reason}`, ...last.explain()];
  }
  if (last) return [`task of service ${service.name} is ${last.lastStatus}`];
  return service.events.slice(0, 1).map((event) => event.message);
}
