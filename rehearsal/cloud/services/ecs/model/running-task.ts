import { exposeTask } from "../../../faults/task-faults";
import type { CloudContext } from "../../../kernel/context";
import { explainEnd } from "./container-end";
import type { TaskContainer } from "./task-container";
import type { TaskContainers } from "./task-containers";
import { containersOf } from "./task-definition";
import { TaskEndpoint, type TaskEndpointPorts } from "./task-endpoint";
import { faultyTask, type TaskRequest } from "./task-request";

/**
 * The last of the seconds between SIGTERM and SIGKILL is a real one, at any speed of the cloud's clock: programs end in
 * real time. Streams that the load balancer cuts shortly before SIGKILL leave their task the time to end by itself.
 */
const LAST_SECOND_MS = 1000;

/** When and how the containers of a task are stopped. */
export interface TaskStop {
  /** Aborted when they have to stop. */
  signal: AbortSignal;
  /**
   * Returns the AWS seconds between SIGTERM and SIGKILL when the instance shuts down; undefined for the containers'
   * own.
   */
  shutdownGraceSeconds(): number | undefined;
}

/**
 * What runs of a task on its instance, from the start of its containers until the last one has ended. ECS may hear of
 * it later, or never (aws-rules C23).
 */
export class RunningTask {
  readonly #context: CloudContext;
  readonly #request: TaskRequest;
  readonly #containers: TaskContainers;
  readonly #endpoint: TaskEndpoint;

  constructor(ports: TaskEndpointPorts, request: TaskRequest, containers: TaskContainers) {
    this.#context = ports.context;
    this.#request = request;
    this.#containers = containers;
    this.#endpoint = new TaskEndpoint(ports, request, containers);
  }

  /** Returns a container that runs. */
  container(name: string): TaskContainer | undefined {
    const { container, exitCode } = this.#containers.named(name) ?? {};
    return exitCode === undefined ? container : undefined;
  }

  /** Processes of all containers that run, the first one's before the others'. */
  get processIds(): number[] {
    const running = containersOf(this.#request.definition).flatMap(({ name }) => this.#containers.named(name) ?? []);
    return running.flatMap(({ container, exitCode }) => (exitCode === undefined ? container.process.pid : []));
  }

  /**
   * Waits until all containers have ended, for whatever reason.
   * @param onEssentialEnd called if an essential one has ended before others, which are stopped then (aws-rules C41)
   */
  async serve(startedAtMs: number, taskStop: TaskStop, onEssentialEnd: () => void): Promise<void> {
    const containers = this.#containers;
    const endpoint = this.#endpoint;
    const exit = new AbortController();
    const registering = endpoint.register(exit.signal);
    const stop = () => this.#stop(taskStop.shutdownGraceSeconds());
    if (taskStop.signal.aborted) stop();
    else taskStop.signal.addEventListener("abort", stop, { once: true });
    const endFaults = exposeTask(this.#context, faultyTask(this.#request), startedAtMs, {
      fail: (failure) => endpoint.fail(failure),
      crash: () => containers.named(this.#request.definition.container.name)!.container.process.crash(),
    });
    const served = endpoint.container.process.exited.then(() => {
      exit.abort();
      endpoint.remove();
    });
    await containers.essentialEnd;
    if (containers.all.some(({ exitCode }) => exitCode === undefined)) onEssentialEnd();
    stop();
    await containers.ended;
    endFaults();
    await registering;
    await served;
    // An answer may have come in the moment of the end.
    endpoint.remove();
  }

  /** Ends what runs without a warning. */
  kill(): void {
    this.#containers.kill();
  }

  /** Ends what surrounds the processes, all of which have ended. */
  close(): Promise<void> {
    return this.#containers.close();
  }

  /** Returns why nobody reaches the container that serves, one line each; empty if somebody does. */
  explainSilence(): string[] {
    return this.#endpoint.explainSilence();
  }

  /** Returns what the container that failed said at its end, one line each; without a failure, the last one. */
  explainEnd(): string[] {
    const { all } = this.#containers;
    const ended = all.find(({ exitCode }) => exitCode) ?? all.at(-1);
    return ended ? explainEnd(ended) : [];
  }

  #stop(shutdownGraceSeconds: number | undefined): void {
    this.#containers.stop(
      ({ stopTimeout }) => this.#graceMs(shutdownGraceSeconds ?? stopTimeout),
      shutdownGraceSeconds === undefined,
    );
  }

  #graceMs(awsSeconds: number): number {
    return this.#context.clock.realMs(Math.max(0, awsSeconds - 1)) + LAST_SECOND_MS;
  }
}
