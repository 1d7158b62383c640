import { split } from "shlex";
import type { FaultyTask } from "../../../faults/task-faults";
import type { ContainerEnded } from "../../../kernel/events";
import type { TerminalProcess } from "../../../processes/terminal-process";
import type { ContainerDefinition } from "./container-definition";
import { endReason, reportEnd } from "./container-end";
import type { ContainerInstance } from "./container-instance";
import { type ContainerStartPorts, checkRoles } from "./container-start";
import { type AgentStatus, agentStatus } from "./exec-agent";
import { pullImages } from "./image-pull";
import { RunningTask } from "./running-task";
import type { TaskContainerPorts } from "./task-container";
import { type StartedContainer, TaskContainers } from "./task-containers";
import type { TaskDefinition } from "./task-definition";
import type { TaskEndpointPorts } from "./task-endpoint";
import { faultyTask, type TaskRequest } from "./task-request";

export type TaskStatus = "PENDING" | "RUNNING" | "STOPPING" | "STOPPED";
/** ECS's codes for the cause of a stop. */
export type StopCode =
  | "TaskFailedToStart"
  | "EssentialContainerExited"
  | "ServiceSchedulerInitiated"
  | "UserInitiated"
  | "TerminationNotice";

export interface TaskPorts extends ContainerStartPorts, TaskContainerPorts, TaskEndpointPorts {}

/** What ECS reports of a container. */
export interface ContainerReport {
  imageDigest?: string;
  exitCode?: number;
  /** Why it ended, in ECS's words, if ECS knows more than the exit code. */
  reason?: string;
}

/**
 * One task on one instance, as ECS knows it: it pulls its images, starts a real process for each container, and ends
 * with the first essential one that ends. What runs of it is its RunningTask.
 */
export class Task {
  lastStatus: TaskStatus = "PENDING";
  desiredStatus: "RUNNING" | "STOPPED" = "RUNNING";
  stoppedReason = "";
  stopCode: StopCode | undefined;
  /** What is known of its containers, by name. */
  readonly reports = new Map<string, ContainerReport>();
  /** How its containers ended, by name. */
  readonly ends = new Map<string, ContainerEnded["how"]>();
  readonly createdAtMs = Date.now();
  pullStartedAtMs: number | undefined;
  pullStoppedAtMs: number | undefined;
  startedAtMs: number | undefined;
  /** When ECS began to stop it. */
  stoppingAtMs: number | undefined;
  stoppedAtMs: number | undefined;
  /** Resolves when ECS knows that the task is STOPPED; never rejects. */
  readonly stopped: Promise<void>;
  /** Resolves when nothing of the task runs any more, which ECS may not know yet (C23); never rejects. */
  readonly ended: Promise<void>;

  readonly #ports: TaskPorts;
  readonly #onStatus: (task: Task) => void;
  readonly #ending = new AbortController();
  /** AWS seconds between SIGTERM and SIGKILL when the instance shuts down; undefined for the containers' own. */
  #shutdownGraceSeconds: number | undefined;
  /** Undefined until the containers have started. */
  #running: RunningTask | undefined;
  #setEnded = () => {};
  #hasEnded = false;

  /** @param onStatus called at each change of `lastStatus` */
  constructor(
    ports: TaskPorts,
    readonly request: TaskRequest,
    onStatus: (task: Task) => void,
  ) {
    this.#ports = ports;
    this.#onStatus = onStatus;
    this.ended = new Promise((resolve) => {
      this.#setEnded = resolve;
    });
    this.stopped = this.#run();
  }

  get id(): string {
    return this.request.id;
  }

  get arn(): string {
    return this.request.arn;
  }

  get definition(): TaskDefinition {
    return this.request.definition;
  }

  get host(): ContainerInstance {
    return this.request.host;
  }

  /** Exit code of the first container. */
  get exitCode(): number | undefined {
    return this.#first.exitCode;
  }

  get containerReason(): string | undefined {
    return this.#first.reason;
  }

  get imageDigest(): string | undefined {
    return this.#first.imageDigest;
  }

  /** Process of the first container; undefined while it does not run. */
  get processId(): number | undefined {
    return this.processIds[0];
  }

  /** Processes of all containers that run, the first one's before the others'. */
  get processIds(): number[] {
    return this.#running?.processIds ?? [];
  }

  /** Status of a container's agent of ECS Exec; undefined for a task that was started without (C46). */
  agentStatus(container: ContainerDefinition): AgentStatus | undefined {
    if (!this.request.enableExecuteCommand) return undefined;
    if (this.lastStatus === "STOPPED") return "STOPPED";
    return agentStatus(this.#ports.context, this.startedAtMs, container);
  }

  /**
   * Starts a command in a terminal, in a container that runs.
   * @param command one line, which is split as a shell does
   */
  openTerminal(container: string, command: string, onOutput: (bytes: Buffer) => void): TerminalProcess {
    return this.#running!.container(container)!.openTerminal(split(command), onOutput);
  }

  get #first(): ContainerReport {
    return this.reports.get(this.definition.container.name) ?? {};
  }

  async stop(reason: string, code: StopCode): Promise<void> {
    if (this.desiredStatus === "RUNNING") {
      this.desiredStatus = "STOPPED";
      this.stoppedReason = reason;
      this.stopCode = code;
      this.host.tell(() => {
        if (this.#hasEnded) return;
        if (this.lastStatus === "RUNNING") this.#setStatus("STOPPING");
        this.#ending.abort();
      });
    }
    await this.stopped;
  }

  /**
   * Ends what runs because its instance ends, which nobody reports to ECS.
   * @param graceSeconds AWS seconds between SIGTERM and SIGKILL; null for an instance that is lost at once
   */
  async endWithInstance(graceSeconds: number | null): Promise<void> {
    if (graceSeconds === null) this.#running?.kill();
    else this.#shutdownGraceSeconds = graceSeconds;
    this.#ending.abort();
    await this.ended;
  }

  /** ECS has found that the task's instance is gone, and what ended there it never learns. */
  loseInstance(): void {
    this.desiredStatus = "STOPPED";
    this.stopCode = "TerminationNotice";
    this.stoppedReason = `Host EC2 (instance ${this.host.instance.instanceId}) terminated.`;
  }

  async #run(): Promise<void> {
    this.host.tasks.add(this);
    // The caller must have added this task to its lists before the first change of status.
    await Promise.resolve();
    this.#setStatus("PENDING");
    let code: StopCode = "EssentialContainerExited";
    let reason = "Essential container in task exited";
    try {
      const running = new RunningTask(this.#ports, this.request, await this.#start());
      this.#running = running;
      this.startedAtMs = Date.now();
      this.host.tell(() => {
        if (!this.#hasEnded) this.#setStatus("RUNNING");
      });
      const taskStop = { signal: this.#ending.signal, shutdownGraceSeconds: () => this.#shutdownGraceSeconds };
      await running.serve(this.startedAtMs, taskStop, () => this.#endWithEssential());
    } catch (error) {
      code = "TaskFailedToStart";
      reason = (error as Error).message;
    }
    await this.#running?.close();
    this.#hasEnded = true;
    this.#setEnded();
    await new Promise<void>((resolve) => this.host.tell(resolve));
    this.host.tasks.delete(this);
    this.#intendStop(code, reason);
    this.stoppedAtMs = Date.now();
    this.#setStatus("STOPPED");
  }

  #intendStop(code: StopCode, reason: string): void {
    if (this.desiredStatus === "STOPPED") return;
    this.desiredStatus = "STOPPED";
    this.stopCode = code;
    this.stoppedReason = reason;
  }

  #reportOf(container: string): ContainerReport {
    const report = this.reports.get(container) ?? {};
    this.reports.set(container, report);
    return report;
  }

  async #start(): Promise<TaskContainers> {
    const ports = this.#ports;
    checkRoles(ports, this.definition);
    this.pullStartedAtMs = Date.now();
    const images = await pullImages(ports, this.request, this.#ending.signal, (container, { digest }) => {
      this.#reportOf(container).imageDigest = digest;
    });
    this.pullStoppedAtMs = Date.now();
    return TaskContainers.start(ports, this.request, images, (ended) => this.#reportEnd(ended));
  }

  /**
   * Returns what a person needs to know about a container that does not serve, one line each: why nobody reaches it, or
   * what it said at its end. Empty if it serves.
   */
  explain(): string[] {
    const lines = this.lastStatus === "RUNNING" ? this.#running?.explainSilence() : this.#running?.explainEnd();
    return lines ?? [];
  }

  /** ECS stops the containers that are left when an essential one has ended (aws-rules C41). */
  #endWithEssential(): void {
    this.host.tell(() => {
      if (this.#hasEnded) return;
      this.#intendStop("EssentialContainerExited", "Essential container in task exited");
      if (this.lastStatus === "RUNNING") this.#setStatus("STOPPING");
    });
  }

  #reportEnd(ended: StartedContainer): void {
    const { definition: container, exitCode } = ended;
    this.host.tell(() => {
      // What ended with a lost instance ECS never learns.
      if (this.stopCode !== "TerminationNotice" && exitCode !== undefined)
        this.#reportOf(container.name).exitCode = exitCode;
    });
    const reason = endReason(ended);
    if (reason !== undefined) this.#reportOf(container.name).reason = reason;
    const { how } = reportEnd(this.#ports, this.request, ended, this.desiredStatus === "RUNNING");
    this.ends.set(container.name, how);
  }

  /** The properties by which faults choose the task. */
  get identity(): FaultyTask {
    return faultyTask(this.request);
  }

  #setStatus(status: TaskStatus): void {
    this.lastStatus = status;
    if (status === "STOPPING") this.stoppingAtMs ??= Date.now();
    else {
      this.#ports.context.emit({
        kind: "task",
        atMs: Date.now(),
        cluster: this.request.clusterName,
        taskId: this.id,
        instanceId: this.host.instance.instanceId,
        state: status === "PENDING" ? "pending" : status === "RUNNING" ? "running" : "stopped",
        image: this.definition.container.image,
        reason: this.stoppedReason,
      });
    }
    this.#onStatus(this);
  }
}
