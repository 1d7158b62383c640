import { setTimeout as delay } from "node:timers/promises";
import type { Image } from "../../../kernel/ports";
import type { ContainerDefinition } from "./container-definition";
import { startOrder } from "./container-order";
import { readSecrets } from "./container-secrets";
import { ContainerStartError, type ContainerStartPorts, openLogStream } from "./container-start";
import { LastLines } from "./last-lines";
import { TaskContainer, type TaskContainerPorts } from "./task-container";
import { containersOf } from "./task-definition";
import type { TaskRequest } from "./task-request";

/** Real milliseconds that pass before a container with links starts: on AWS the agent first reports that the others run. */
const LINK_MS = 200;

/** A container that was started, and what is known of it. */
export interface StartedContainer {
  readonly definition: ContainerDefinition;
  readonly container: TaskContainer;
  readonly lastLines: LastLines;
  /** The file that its output goes to; undefined if nothing keeps it. */
  readonly logFile: string | undefined;
  readonly startedAtMs: number;
  /** Undefined while it runs. */
  exitCode: number | undefined;
  /** Whether its task was being stopped when it ended, whether it had its own signal by then or not. */
  endedInStop: boolean;
}

/**
 * The containers of a task. They start in the order of what they depend on, and stop in the reverse order: each when
 * those that depend on it have ended (aws-rules C42).
 */
export class TaskContainers {
  /** Resolves when a container has ended whose end ends the task (aws-rules C41); never rejects. */
  readonly essentialEnd: Promise<void>;
  /** Resolves when all have ended; never rejects. */
  readonly ended: Promise<unknown>;
  readonly all: readonly StartedContainer[];
  #isStopping = false;

  private constructor(started: readonly StartedContainer[], onEnd: (ended: StartedContainer) => void) {
    this.all = started;
    const ends = started.map(async (one) => {
      one.exitCode = await one.container.process.exited;
      one.endedInStop = this.#isStopping;
      onEnd(one);
    });
    this.ended = Promise.all(ends);
    this.essentialEnd = Promise.race(ends.filter((_, place) => started[place]!.definition.essential));
  }

  /**
   * Starts all of them. If one does not start, those before it end.
   * @param images of all of them, by container
   * @param onEnd called with each container when it has ended
   * @throws ContainerStartError
   */
  static async start(
    ports: ContainerStartPorts & TaskContainerPorts,
    request: TaskRequest,
    images: ReadonlyMap<string, Image>,
    onEnd: (ended: StartedContainer) => void,
  ): Promise<TaskContainers> {
    const started: StartedContainer[] = [];
    try {
      for (const definition of startOrder(containersOf(request.definition))) {
        const linked = started.filter((one) => definition.links.includes(one.definition.name));
        await checkLinks(request, definition, linked);
        started.push(await startContainer(ports, request, definition, images.get(definition.name)!, linked));
      }
    } catch (error) {
      for (const { container } of started) container.process.kill();
      await Promise.all(started.map(({ container }) => container.process.exited));
      await closeAll(started);
      throw error;
    }
    return new TaskContainers(started, onEnd);
  }

  named(name: string): StartedContainer | undefined {
    return this.all.find(({ definition }) => definition.name === name);
  }

  /**
   * Ends those that still run, each with SIGTERM and, after its time, SIGKILL. Calls after the first change nothing.
   * @param graceMs real milliseconds between the two
   * @param inOrder false for all at once, as Docker does it when its machine shuts down
   */
  stop(graceMs: (definition: ContainerDefinition) => number, inOrder: boolean): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    for (const { definition, container } of this.all) {
      const dependents = this.all.filter((other) => dependsOn(other.definition, definition.name));
      const first = inOrder ? dependents : [];
      void Promise.all(first.map((other) => other.container.process.exited)).then(() =>
        container.process.stop(graceMs(definition)),
      );
    }
  }

  /** Ends what runs without a warning. */
  kill(): void {
    for (const { container } of this.all) container.process.kill();
  }

  /** Ends what surrounds the processes, all of which have ended. */
  close(): Promise<void> {
    return closeAll(this.all);
  }
}

function dependsOn({ dependsOn: dependencies }: ContainerDefinition, name: string): boolean {
  return dependencies.some(({ containerName }) => containerName === name);
}

/** The last one first, because its links lead to the others. */
async function closeAll(started: readonly StartedContainer[]): Promise<void> {
  for (const { container } of started.toReversed()) await container.close();
}

/**
 * Docker starts no container with a link to one that has ended (aws-rules C43). The end of an essential one ends the task anyway.
 * @throws ContainerStartError
 */
async function checkLinks(
  { id }: TaskRequest,
  { name }: ContainerDefinition,
  linked: readonly StartedContainer[],
): Promise<void> {
  const others = linked.filter((one) => !one.definition.essential);
  if (others.length === 0) return;
  const ends = others.map(async (one) => {
    await one.container.process.exited;
    return one.definition.name;
  });
  const ended = await Promise.race([...ends, delay(LINK_MS, null)]);
  if (ended === null) return;
  throw new ContainerStartError(
    `CannotStartContainerError: Error response from daemon: Cannot link to a non running container: /ecs-${id}-${ended} AS /ecs-${id}-${name}/${ended}`,
  );
}

async function startContainer(
  ports: ContainerStartPorts & TaskContainerPorts,
  request: TaskRequest,
  definition: ContainerDefinition,
  image: Image,
  linked: readonly StartedContainer[],
): Promise<StartedContainer> {
  const { instance } = request.host;
  const secrets = readSecrets(ports, request.definition, definition, instance, request.id);
  const stream = openLogStream(ports, request.definition, definition, instance, request.id);
  const lastLines = new LastLines();
  const container = await TaskContainer.start(ports, {
    request,
    definition,
    image,
    secrets,
    links: linked.map((one) => ({ name: one.definition.name, container: one.container })),
    // Without a log configuration the line is lost.
    log: (line) => {
      lastLines.add(line);
      if (stream && !stream.isLost) ports.logs.append(stream.group, stream.stream, line);
    },
  });
  const logFile = stream && !stream.isLost ? ports.logs.fileOf(stream.group, stream.stream) : undefined;
  return {
    definition,
    container,
    lastLines,
    logFile,
    startedAtMs: Date.now(),
    exitCode: undefined,
    endedInStop: false,
  };
}
