import type { CloudContext } from "../../../kernel/context";
import type { TargetFailure, TargetRegistry } from "../../../kernel/ports";
import { accepting } from "../../../processes/port-watch";
import type { ContainerDefinition } from "./container-definition";
import type { TaskContainer } from "./task-container";
import type { TaskContainers } from "./task-containers";
import { servingContainer } from "./task-definition";
import { faultyTask, type TaskRequest } from "./task-request";

/** AWS seconds in which a server begins to listen; after them the cloud's log says what is wrong with it. */
const SILENCE_SECONDS = 60;

export interface TaskEndpointPorts {
  context: CloudContext;
  targets: TargetRegistry;
  /** Writes one line to the cloud's log, unless it has written it before. */
  logOnce(line: string): void;
}

/** Where load balancers reach a task that runs. A worker's task is registered nowhere. */
export class TaskEndpoint {
  /** The one that load balancers reach. */
  readonly container: TaskContainer;
  readonly #ports: TaskEndpointPorts;
  readonly #request: TaskRequest;
  readonly #serving: ContainerDefinition;
  /** Whether something answers at the container's endpoint. */
  #answers = false;
  #failure: TargetFailure | null = null;

  constructor(ports: TaskEndpointPorts, request: TaskRequest, containers: TaskContainers) {
    this.#ports = ports;
    this.#request = request;
    this.#serving = servingContainer(request.definition);
    this.container = containers.named(this.#serving.name)!.container;
  }

  /** Gives the load balancers the real address of the process. On AWS, Docker maps the host port in bridge mode. */
  async register(signal: AbortSignal): Promise<void> {
    const { portMappings, environment } = this.#serving;
    const [mapping] = portMappings;
    const { container } = this;
    const { endpoint } = container;
    if (!endpoint || !mapping || mapping.hostPort === 0) return;
    const portVariable = environment.find(({ name }) => name === "PORT")?.value;
    if (!container.network && portVariable !== undefined && portVariable !== String(mapping.containerPort)) {
      this.#ports.context.log(
        `task ${this.#request.id}: nothing answers on host port ${mapping.hostPort}: PORT is ${portVariable}, but the mapped container port is ${mapping.containerPort}`,
      );
      return;
    }
    const silence = this.#watchSilence(signal);
    container.process.lowerPriority();
    this.#answers = await accepting(endpoint.address, endpoint.port, signal);
    if (this.#answers) {
      container.process.restorePriority();
      this.#update();
    }
    await silence;
  }

  /** Changes how the task fails; null when it no longer does. */
  fail(failure: TargetFailure | null): void {
    this.#failure = failure;
    this.#update();
  }

  remove(): void {
    const [mapping] = this.#serving.portMappings;
    this.#answers = false;
    if (mapping && mapping.hostPort !== 0) {
      this.#ports.targets.setEndpoint(this.#request.host.instance.instanceId, mapping.hostPort, null);
    }
  }

  /** Returns why nobody reaches it, one line each; empty if somebody does, or if that cannot be seen. */
  explainSilence(): string[] {
    return this.#answers ? [] : [this.container.explainSilence() ?? []].flat();
  }

  /** Says why nothing answers, as soon as that can be seen: a program may take long until it listens anywhere. */
  async #watchSilence(signal: AbortSignal): Promise<void> {
    while ((await this.#ports.context.clock.passes(SILENCE_SECONDS, signal)) && !this.#answers) {
      const reason = this.container.explainSilence();
      if (reason === undefined) continue;
      this.#ports.logOnce(reason);
      return;
    }
  }

  #update(): void {
    const [mapping] = this.#serving.portMappings;
    const { endpoint } = this.container;
    if (!this.#answers || !endpoint || !mapping) return;
    const { release, service } = faultyTask(this.#request);
    this.#ports.targets.setEndpoint(this.#request.host.instance.instanceId, mapping.hostPort, {
      ...endpoint,
      ...{ release, service },
      ...(this.#failure && { failure: this.#failure }),
    });
  }
}
