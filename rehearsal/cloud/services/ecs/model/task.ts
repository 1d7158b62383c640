import { colourOf } from "../../../faults/machine-faults";
import { exposeTask, type FaultyTask } from "../../../faults/task-faults";
import type { TargetFailure, TargetRegistry } from "../../../kernel/ports";
import { accepting } from "../../../processes/port-watch";
import type { ContainerInstance } from "./container-instance";
import { readSecrets } from "./container-secrets";
import { type ContainerStartPorts, checkRoles, openLogStream } from "./container-start";
import { pullImage } from "./image-pull";
import { LastLines } from "./last-lines";
import { TaskContainer, type TaskContainerPorts } from "./task-container";
import { containerMemory, type TaskDefinition } from "./task-definition";
import type { TaskRequest } from "./task-request";

/** AWS seconds in which a server begins to listen; after them the cloud's log says what is wrong with it. */
const SILENCE_SECONDS = 60;
/** Characters of a command in messages. */
const MAX_COMMAND = 60;
/** Shortest real time between SIGTERM and SIGKILL, at any speed of the cloud's clock. */
const MIN_GRACE_MS = 1000;

export type TaskStatus = "PENDING" | "RUNNING" | "STOPPING" | "STOPPED";
/** ECS's codes for the cause of a stop. */
export type StopCode =
  | "TaskFailedToStart"
  | "EssentialContainerExited"
  | "ServiceSchedulerInitiated"
  | "UserInitiated"
  | "TerminationNotice";

export interface TaskPorts extends ContainerStartPorts, TaskContainerPorts {
  targets: TargetRegistry;
}

/** One task on one instance: it pulls the image, starts a real process, and ends with the process. */
export class Task {
  lastStatus: TaskStatus = "PENDING";
  desiredStatus: "RUNNING" | "STOPPED" = "RUNNING";
  stoppedReason = "";
  stopCode: StopCode | undefined;
  exitCode: number | undefined;
  /** Why the container ended, in ECS's words, if ECS knows more than the exit code. */
  containerReason: string | undefined;
  imageDigest: string | undefined;
  readonly createdAtMs = Date.now();
  pullStartedAtMs: number | undefined;
  pullStoppedAtMs: number | undefined;
  startedAtMs: number | undefined;
  stoppedAtMs: number | undefined;
  /** Resolves when ECS knows that the task is STOPPED; never rejects. */
  readonly stopped: Promise<void>;
  /** Resolves when nothing of the task runs any more, which ECS may not know yet (C23); never rejects. */
  readonly ended: Promise<void>;

  /** Set while the process runs. */
  processId: number | undefined;

  readonly #ports: TaskPorts;
  readonly #onStatus: (task: Task) => void;
  readonly #ending = new AbortController();
  #graceMs: number;
  #container: TaskContainer | undefined;
  /** Whether something answers at the container's endpoint. */
  #answers = false;
  readonly #lastLines = new LastLines();
  #failure: TargetFailure | null = null;
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
    this.#graceMs = this.#grace(this.definition.container.stopTimeout);
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

  /** @param graceSeconds AWS seconds between SIGTERM and SIGKILL instead of the container's stopTimeout */
  async stop(reason: string, code: StopCode, graceSeconds = this.definition.container.stopTimeout): Promise<void> {
    if (this.desiredStatus === "RUNNING") {
      this.desiredStatus = "STOPPED";
      this.stoppedReason = reason;
      this.stopCode = code;
      this.host.tell(() => {
        if (this.#hasEnded) return;
        this.#graceMs = this.#grace(graceSeconds);
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
    if (graceSeconds === null) this.#container?.process.kill();
    else this.#graceMs = this.#grace(graceSeconds);
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
    let exitCode: number | undefined;
    let code: StopCode = "EssentialContainerExited";
    let reason = "Essential container in task exited";
    try {
      this.#container = await this.#start();
      this.startedAtMs = Date.now();
      this.host.tell(() => {
        if (!this.#hasEnded) this.#setStatus("RUNNING");
      });
      exitCode = await this.#serve(this.#container);
    } catch (error) {
      code = "TaskFailedToStart";
      reason = (error as Error).message;
    }
    await this.#container?.close();
    this.#hasEnded = true;
    this.#setEnded();
    await new Promise<void>((resolve) => this.host.tell(resolve));
    this.host.tasks.delete(this);
    if (this.stopCode !== "TerminationNotice") this.exitCode = exitCode;
    if (this.desiredStatus === "RUNNING") {
      this.desiredStatus = "STOPPED";
      this.stopCode = code;
      this.stoppedReason = reason;
    }
    this.stoppedAtMs = Date.now();
    this.#setStatus("STOPPED");
  }

  async #start(): Promise<TaskContainer> {
    const { definition, host, request } = this;
    const ports = this.#ports;
    checkRoles(ports, definition);
    this.pullStartedAtMs = Date.now();
    const image = await pullImage(ports, { definition, host, task: this.identity, signal: this.#ending.signal });
    this.pullStoppedAtMs = Date.now();
    this.imageDigest = image.digest;
    const secrets = readSecrets(ports, definition, host.instance, this.id);
    return TaskContainer.start(ports, { request, image, secrets, log: this.#openLog() });
  }

  /** Returns the function that appends a line to the task's log stream; without a log configuration the line is lost. */
  #openLog(): (line: string) => void {
    const log = openLogStream(this.#ports, this.definition, this.host.instance, this.id);
    return (line) => {
      this.#lastLines.add(line);
      if (log && !log.isLost) this.#ports.logs.append(log.group, log.stream, line);
    };
  }

  /**
   * Returns what a person needs to know about a container that does not serve, one line each: why nobody reaches it, or
   * what it said at its end. Empty if it serves.
   */
  explain(): string[] {
    if (this.lastStatus === "RUNNING") return this.#answers ? [] : [this.#container?.explainSilence() ?? []].flat();
    return this.#explainEnd(this.exitCode);
  }

  /** Waits until the process has ended, for whatever reason. Returns its exit code. */
  async #serve(container: TaskContainer): Promise<number> {
    const { process } = container;
    this.processId = process.pid;
    const exit = new AbortController();
    const registering = this.#registerEndpoint(container, exit.signal);
    const stop = () => void process.stop(this.#graceMs);
    if (this.#ending.signal.aborted) stop();
    else this.#ending.signal.addEventListener("abort", stop, { once: true });
    const endFaults = exposeTask(this.#ports.context, this.identity, this.startedAtMs!, {
      fail: (failure) => {
        this.#failure = failure;
        this.#updateEndpoint();
      },
      crash: () => process.crash(),
    });
    const exitCode = await process.exited;
    endFaults();
    this.processId = undefined;
    exit.abort();
    await registering;
    this.#removeEndpoint();
    if (process.outOfMemory) this.containerReason = "OutOfMemoryError: Container killed due to memory usage";
    this.#reportEnd(container, exitCode);
    return exitCode;
  }

  /** Says what a person has to mend about the end of a container. */
  #reportEnd({ process }: TaskContainer, exitCode: number): void {
    const { name } = this.definition.container;
    const { ignoredTermination } = process;
    if (ignoredTermination !== undefined) {
      this.#report(
        `${name} was killed without a chance to end its work: its first process (${shortened(ignoredTermination)}) has no handler for SIGTERM, and the signal goes to no other (aws-rules C19): start the program itself, without a shell or npm around it, and let it end by SIGTERM`,
      );
    }
    if (process.outOfMemory) {
      const { definition } = this;
      this.#report(
        `${name} was killed because it used more than its ${containerMemory(definition)} MiB of memory (OutOfMemoryError, exit code ${exitCode}): let it use less, or raise its setting "memory"`,
      );
    } else if (this.desiredStatus === "RUNNING" && exitCode !== 0) {
      this.#ports.logOnce(`a task of ${name} ended by itself: ${this.#explainEnd(exitCode).join("; ")}`);
    }
  }

  /** Writes a problem of the service to the cloud's log and to its events: a rehearsal does not pass with it. */
  #report(problem: string): void {
    this.#ports.logOnce(problem);
    const { name } = this.definition.container;
    this.#ports.context.emit({ kind: "problem", atMs: Date.now(), taskId: this.id, service: name, problem });
  }

  #explainEnd(exitCode: number | undefined): string[] {
    const exit = exitCode === undefined ? [] : [`exit code ${exitCode}`];
    const last = exitCode ? this.#lastLines.cause : undefined;
    return [...exit, ...(last === undefined ? [] : [`its log says: ${last}`])];
  }

  /** Gives the load balancers the real address of the process. On AWS, Docker maps the host port in bridge mode. */
  async #registerEndpoint(container: TaskContainer, signal: AbortSignal): Promise<void> {
    const mapping = this.definition.container.portMappings[0];
    const { endpoint } = container;
    if (!endpoint || !mapping || mapping.hostPort === 0) return;
    const portVariable = this.definition.container.environment.find(({ name }) => name === "PORT")?.value;
    if (!container.hasOwnNetwork && portVariable !== undefined && portVariable !== String(mapping.containerPort)) {
      this.#ports.context.log(
        `task ${this.id}: nothing answers on host port ${mapping.hostPort}: PORT is ${portVariable}, but the mapped container port is ${mapping.containerPort}`,
      );
      return;
    }
    const silence = this.#watchSilence(container, signal);
    container.process.lowerPriority();
    this.#answers = await accepting(endpoint.address, endpoint.port, signal);
    if (this.#answers) {
      container.process.restorePriority();
      this.#updateEndpoint();
    }
    await silence;
  }

  /** Says why nothing answers, as soon as that can be seen: a program may take long until it listens anywhere. */
  async #watchSilence(container: TaskContainer, signal: AbortSignal): Promise<void> {
    while ((await this.#ports.context.clock.passes(SILENCE_SECONDS, signal)) && !this.#answers) {
      const reason = container.explainSilence();
      if (reason === undefined) continue;
      this.#ports.logOnce(reason);
      return;
    }
  }

  #removeEndpoint(): void {
    const mapping = this.definition.container.portMappings[0];
    this.#answers = false;
    if (mapping && mapping.hostPort !== 0) {
      this.#ports.targets.setEndpoint(this.host.instance.instanceId, mapping.hostPort, null);
    }
  }

  #updateEndpoint(): void {
    const mapping = this.definition.container.portMappings[0];
    const endpoint = this.#container?.endpoint;
    if (!this.#answers || !endpoint || !mapping) return;
    this.#ports.targets.setEndpoint(this.host.instance.instanceId, mapping.hostPort, {
      ...endpoint,
      release: this.identity.release,
      ...(this.#failure && { failure: this.#failure }),
    });
  }

  /** The properties by which faults choose the task. */
  get identity(): FaultyTask {
    const { container } = this.definition;
    return {
      id: this.id,
      // The program names containers after its services and gives the release in a variable.
      service: container.name,
      colour: colourOf(this.request.clusterName),
      release: container.environment.find(({ name }) => name === "RELEASE")?.value,
    };
  }

  #grace(awsSeconds: number): number {
    return Math.max(MIN_GRACE_MS, this.#ports.context.clock.realMs(awsSeconds));
  }

  #setStatus(status: TaskStatus): void {
    this.lastStatus = status;
    if (status !== "STOPPING") {
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

/** A command as messages show it. */
function shortened(command: string): string {
  return command.length > MAX_COMMAND ? `${command.slice(0, MAX_COMMAND - 1)}…` : command;
}
