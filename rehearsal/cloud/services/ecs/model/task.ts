import { colourOf } from "../../../faults/machine-faults";
import { exposeTask, type FaultyTask, failPull } from "../../../faults/task-faults";
import type { TargetFailure, TargetRegistry, TaskEnvironment, TaskEnvironments } from "../../../kernel/ports";
import { freePort } from "../../../processes/free-port";
import { accepting } from "../../../processes/port-watch";
import type { ProcessLedger } from "../../../processes/process-ledger";
import type { TaskFolders } from "../../../processes/task-folders";
import { TaskProcess } from "../../../processes/task-process";
import type { ContainerInstance } from "./container-instance";
import { readSecrets } from "./container-secrets";
import { ContainerStartError, type ContainerStartPorts, checkRoles, findImage, openLogStream } from "./container-start";
import type { TaskDefinition } from "./task-definition";
import type { TaskRequest } from "./task-request";

/** The real address on which all tasks listen. */
const ADDRESS = "127.0.0.1";
/** Duration of the first pull of a small image, in AWS seconds. */
const PULL_SECONDS = { min: 4, max: 10 };
/** Duration of a pull when the instance has the layers, in AWS seconds. */
const CACHED_PULL_SECONDS = { min: 0.5, max: 1.5 };
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

export interface TaskPorts extends ContainerStartPorts {
  targets: TargetRegistry;
  ledger: ProcessLedger;
  folders: TaskFolders;
  /** Gives a task its network and its credentials; without it, a task has neither. */
  taskEnvironments?: TaskEnvironments;
}

/** One task on one instance: it pulls the image, starts a real process, and ends with the process. */
export class Task {
  lastStatus: TaskStatus = "PENDING";
  desiredStatus: "RUNNING" | "STOPPED" = "RUNNING";
  stoppedReason = "";
  stopCode: StopCode | undefined;
  exitCode: number | undefined;
  imageDigest: string | undefined;
  readonly createdAtMs = Date.now();
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
  #environment: TaskEnvironment | undefined;
  /** The real port; undefined before the process listens. */
  #port: number | undefined;
  #failure: TargetFailure | null = null;
  #process: TaskProcess | undefined;
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
    if (graceSeconds === null) this.#process?.kill();
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
      const { process, port } = await this.#start();
      this.startedAtMs = Date.now();
      this.host.tell(() => {
        if (!this.#hasEnded) this.#setStatus("RUNNING");
      });
      exitCode = await this.#serve(process, port);
    } catch (error) {
      code = "TaskFailedToStart";
      reason = (error as Error).message;
    }
    await this.#closeEnvironment();
    await this.#ports.folders.remove(this.id);
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

  async #start(): Promise<{ process: TaskProcess; port: number | null }> {
    const { definition, host } = this;
    const { ledger } = this.#ports;
    checkRoles(this.#ports, definition);
    const image = findImage(this.#ports, definition, host.instance);
    this.imageDigest = image.digest;
    await this.#pull(image.digest);
    const secrets = readSecrets(this.#ports, definition, host.instance, this.id);
    const log = this.#openLog();
    this.#environment = await this.#openEnvironment(log);
    const port = definition.container.portMappings.length > 0 ? await freePort(ADDRESS) : null;
    const started = await TaskProcess.start({
      command: this.request.overrides.command ?? definition.container.command ?? image.config.command,
      workingDirectory: image.config.workingDirectory,
      environment: {
        ...image.config.environment,
        ...this.#environment?.environment,
        ...this.#temporaryFolder(),
        ...variables(definition.container.environment),
        ...secrets,
        ...variables(this.request.overrides.environment),
        ...(port === null ? {} : { HOST: ADDRESS, PORT: String(port) }),
      },
      ledger,
      onLine: log,
    }).catch((error: Error) => {
      throw new ContainerStartError(`CannotStartContainerError: Error response from daemon: ${error.message}`);
    });
    return { process: started, port };
  }

  /** Returns TMPDIR for a task with a tmpfs. Without it, libraries would use the `/tmp` of this machine. */
  #temporaryFolder(): Record<string, string> {
    const { linuxParameters } = this.definition.container;
    return linuxParameters?.tmpfs.length ? { TMPDIR: this.#ports.folders.create(this.id) } : {};
  }

  /** Returns the function that appends a line to the task's log stream; it does nothing without a log configuration. */
  #openLog(): (line: string) => void {
    const log = openLogStream(this.#ports, this.definition, this.host.instance, this.id);
    return (line) => log && this.#ports.logs.append(log.group, log.stream, line);
  }

  async #openEnvironment(log: (line: string) => void): Promise<TaskEnvironment | undefined> {
    const { instanceId, vpcId, subnetId, securityGroupIds } = this.host.instance;
    const { container, taskRoleArn } = this.definition;
    return this.#ports.taskEnvironments?.open({
      taskId: this.id,
      instanceId,
      vpcId,
      subnetId,
      securityGroupIds,
      // The program names containers after its services; the name of an ECS service is the provider's.
      service: container.name,
      taskRoleArn,
      log,
    });
  }

  /** Closes the task's environment. An error is only logged, because the task has ended. */
  async #closeEnvironment(): Promise<void> {
    await this.#environment?.close().catch((error: Error) => {
      this.#ports.context.log(`task ${this.id}: its environment did not close: ${error.message}`);
    });
  }

  async #pull(digest: string): Promise<void> {
    const { clock, random } = this.#ports.context;
    const range = this.host.pulledImages.has(digest) ? CACHED_PULL_SECONDS : PULL_SECONDS;
    await clock.sleep(random.between(range.min, range.max), this.#ending.signal);
    // The agent falls back to a cached image (C15).
    if (!this.host.pulledImages.has(digest)) {
      failPull(this.#ports.context, this.identity, this.definition.container.image);
    }
    this.host.pulledImages.add(digest);
  }

  /** Waits until the process has ended, for whatever reason. Returns its exit code. */
  async #serve(process: TaskProcess, port: number | null): Promise<number> {
    this.processId = process.pid;
    this.#process = process;
    const exit = new AbortController();
    const registering = this.#registerEndpoint(port, exit.signal);
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
    return exitCode;
  }

  /** Gives the load balancers the real address of the process. On AWS, Docker maps the host port in bridge mode. */
  async #registerEndpoint(port: number | null, signal: AbortSignal): Promise<void> {
    const mapping = this.definition.container.portMappings[0];
    if (port === null || !mapping || mapping.hostPort === 0) return;
    const portVariable = this.definition.container.environment.find(({ name }) => name === "PORT")?.value;
    if (portVariable !== undefined && portVariable !== String(mapping.containerPort)) {
      this.#ports.context.log(
        `task ${this.id}: nothing answers on host port ${mapping.hostPort}: PORT is ${portVariable}, but the mapped container port is ${mapping.containerPort}`,
      );
      return;
    }
    if (!(await accepting(ADDRESS, port, signal))) return;
    this.#port = port;
    this.#updateEndpoint();
  }

  #removeEndpoint(): void {
    const mapping = this.definition.container.portMappings[0];
    this.#port = undefined;
    if (mapping && mapping.hostPort !== 0) {
      this.#ports.targets.setEndpoint(this.host.instance.instanceId, mapping.hostPort, null);
    }
  }

  #updateEndpoint(): void {
    const mapping = this.definition.container.portMappings[0];
    if (this.#port === undefined || !mapping) return;
    const endpoint = { address: ADDRESS, port: this.#port, ...(this.#failure && { failure: this.#failure }) };
    this.#ports.targets.setEndpoint(this.host.instance.instanceId, mapping.hostPort, endpoint);
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

function variables(list: { name: string; value: string }[]): Record<string, string> {
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}
