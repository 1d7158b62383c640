import { setMaxListeners } from "node:events";
import type { CloudContext } from "../../../kernel/context";
import type { ContainerInstance } from "./container-instance";
import type { ServiceRequest } from "./service-request";
import type { Task } from "./task";
import type { TaskDefinition } from "./task-definition";

const EVENTS_KEPT = 100;

/**
 * Delay before the next start of a service's failing task, in AWS seconds. ECS doubles it after each failure; the
 * longest pause that it names is 27 minutes.
 */
const FIRST_DELAY_SECONDS = 10;
const LONGEST_DELAY_SECONDS = 27 * 60;
/**
 * From this number of failures in a row on, ECS reports that the service "is unable to consistently start tasks
 * successfully".
 */
const FAILURES_TO_REPORT = 3;
/** Delay between the end of a task that did run and the next start, in AWS seconds. AWS gives no number. */
const RESTART_SECONDS = 15;

export interface ServiceEvent {
  id: string;
  createdAtMs: number;
  message: string;
}

/** The part of a cluster that its services use. */
interface ServiceCluster {
  readonly arn: string;
  /** The instances on which tasks can be placed. */
  readonly activeInstances: ContainerInstance[];
}

type StartTask = (service: DaemonService, host: ContainerInstance, onStatus: (task: Task) => void) => Task;

/** A service that runs one task on every active instance of its cluster (aws-rules C4). */
export class DaemonService {
  status: "ACTIVE" | "DRAINING" | "INACTIVE" = "ACTIVE";
  definition: TaskDefinition;
  minimumHealthyPercent: number;
  tags: Record<string, string>;
  /** Whether ECS Exec reaches the tasks that start from now on (C46). */
  enableExecuteCommand: boolean;
  readonly maximumPercent: number;
  readonly createdAtMs = Date.now();
  /** A new one for each new revision. */
  deployment: { id: string; createdAtMs: number };
  /** Newest first. */
  events: ServiceEvent[] = [];

  readonly #context: CloudContext;
  readonly #startTask: StartTask;
  readonly #onChange: () => void;
  readonly #backOff = new StartBackOff();
  readonly #closing = new AbortController();
  /** The instances on which the next start has to wait. */
  readonly #paused = new Set<ContainerInstance>();
  readonly #tasks = new Set<Task>();

  constructor(
    context: CloudContext,
    readonly arn: string,
    readonly cluster: ServiceCluster,
    readonly name: string,
    request: ServiceRequest,
    startTask: StartTask,
    onChange: () => void,
  ) {
    this.#context = context;
    // Every paused instance adds a listener.
    setMaxListeners(0, this.#closing.signal);
    this.#startTask = startTask;
    this.#onChange = onChange;
    this.definition = request.definition;
    this.minimumHealthyPercent = request.minimumHealthyPercent;
    this.maximumPercent = request.maximumPercent;
    this.tags = request.tags;
    this.enableExecuteCommand = request.enableExecuteCommand ?? false;
    this.deployment = this.#newDeployment();
    this.reconcile();
  }

  /** The tasks that have not stopped. */
  get tasks(): Task[] {
    return [...this.#tasks];
  }

  get desiredCount(): number {
    return this.status === "ACTIVE" ? this.cluster.activeInstances.length : 0;
  }

  get isSteady(): boolean {
    const running = this.tasks.filter((task) => this.#isCurrent(task) && task.lastStatus === "RUNNING");
    return running.length === this.desiredCount && this.#tasks.size === running.length;
  }

  /**
   * Stops the tasks of the old revision before it starts new ones; in between, nothing listens on that instance (C7).
   */
  update(definition: TaskDefinition, minimumHealthyPercent: number, tags: Record<string, string>): void {
    this.minimumHealthyPercent = minimumHealthyPercent;
    this.tags = tags;
    if (definition !== this.definition) {
      this.definition = definition;
      this.deployment = this.#newDeployment();
      this.#backOff.started();
      this.#paused.clear();
    }
    this.reconcile();
  }

  /** Sets the service to DRAINING; it becomes INACTIVE when the last task has stopped (C21). */
  delete(): void {
    this.status = "DRAINING";
    this.reconcile();
  }

  /**
   * Starts the tasks that are missing and stops those that are too many. Called after each change that may affect
   * them.
   */
  reconcile(): void {
    if (this.status === "INACTIVE" || this.#closing.signal.aborted) return;
    if (this.status === "DRAINING") {
      for (const task of this.#tasks) void task.stop(this.#schedulerReason("deployment"), "ServiceSchedulerInitiated");
      if (this.#tasks.size === 0) this.status = "INACTIVE";
      this.#onChange();
      return;
    }
    this.#stopOutdated();
    for (const host of this.cluster.activeInstances) this.#place(host);
    this.#onChange();
  }

  /** Ends all waits. Tasks keep running. */
  close(): void {
    this.#closing.abort();
  }

  #stopOutdated(): void {
    const hosts = this.cluster.activeInstances;
    const stopping = this.tasks.filter((task) => task.desiredStatus === "STOPPED" && hosts.includes(task.host)).length;
    const mayStop = Math.floor((hosts.length * (100 - this.minimumHealthyPercent)) / 100) - stopping;
    const outdated = this.tasks.filter((task) => task.desiredStatus === "RUNNING" && !this.#isCurrent(task));
    for (const task of outdated.slice(0, Math.max(0, mayStop))) {
      void task.stop(this.#schedulerReason("deployment"), "ServiceSchedulerInitiated");
    }
    for (const task of this.tasks.filter(({ host }) => host.status === "DRAINING")) {
      void task.stop(this.#schedulerReason("instance draining"), "ServiceSchedulerInitiated");
    }
  }

  #place(host: ContainerInstance): void {
    if (this.#paused.has(host) || this.tasks.some((task) => task.host === host)) return;
    const obstacle = host.obstacleFor(this.definition);
    if (obstacle) {
      this.#addEvent(
        `(service ${this.name}) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance ${host.arn.slice(host.arn.lastIndexOf("/") + 1)}) ${obstacle}.`,
      );
      return;
    }
    const task = this.#startTask(this, host, (changed) => this.#taskChanged(changed));
    this.#tasks.add(task);
    this.#addEvent(`(service ${this.name}) has started 1 tasks: (task ${task.id}).`);
  }

  #taskChanged(task: Task): void {
    if (task.lastStatus === "RUNNING") {
      this.#backOff.started();
      if (this.isSteady) this.#addEvent(`(service ${this.name}) has reached a steady state.`);
    }
    if (task.lastStatus !== "STOPPED") {
      this.#onChange();
      return;
    }
    this.#tasks.delete(task);
    if (task.stopCode === "TaskFailedToStart" || task.stopCode === "EssentialContainerExited") this.#pause(task);
    this.reconcile();
  }

  /** Delays the next start on the task's instance, longer after each failure (C14). */
  #pause(task: Task): void {
    const neverRan = task.startedAtMs === undefined;
    const seconds = neverRan ? this.#backOff.failedToStart() : this.#backOff.stoppedAfterRunning();
    this.#addEvent(`(service ${this.name}) (task ${task.id}) stopped: ${task.stoppedReason}`);
    if (this.#backOff.failsConsistently) {
      this.#addEvent(`(service ${this.name}) is unable to consistently start tasks successfully.`);
    }
    this.#paused.add(task.host);
    this.#context.clock.sleep(seconds, this.#closing.signal).then(
      () => {
        this.#paused.delete(task.host);
        this.reconcile();
      },
      () => undefined,
    );
  }

  #isCurrent(task: Task): boolean {
    return task.definition === this.definition;
  }

  #newDeployment(): { id: string; createdAtMs: number } {
    return { id: `ecs-svc/${this.#context.random.integer(1e18, 9e18)}`, createdAtMs: Date.now() };
  }

  #schedulerReason(cause: string): string {
    return `Scaling activity initiated by (${cause} ${this.deployment.id})`;
  }

  /** Adds a service event, unless it repeats the last one. */
  #addEvent(message: string): void {
    if (this.events[0]?.message === message) return;
    const event = { id: this.#context.random.hex(32), createdAtMs: Date.now(), message };
    this.events = [event, ...this.events].slice(0, EVENTS_KEPT);
  }
}

/** The delay before the next start of a service's task. It grows only with tasks that never ran. */
class StartBackOff {
  #failures = 0;

  /** Returns the delay in AWS seconds. */
  failedToStart(): number {
    this.#failures += 1;
    return Math.min(FIRST_DELAY_SECONDS * 2 ** (this.#failures - 1), LONGEST_DELAY_SECONDS);
  }

  /** Returns the delay in AWS seconds. */
  stoppedAfterRunning(): number {
    this.#failures = 0;
    return RESTART_SECONDS;
  }

  started(): void {
    this.#failures = 0;
  }

  get failsConsistently(): boolean {
    return this.#failures >= FAILURES_TO_REPORT;
  }
}
