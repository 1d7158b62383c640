import type { Image } from "../../../kernel/ports";
import type { Instance } from "../../ec2/model/instance";
import { needsOf, type TaskDefinition } from "./task-definition";

/** Ports that SSH, Docker and the agent use on every container instance (aws-rules C9). */
const SYSTEM_PORTS = [22, 2375, 2376, 51678, 51679, 51680];

type Shortage = "PORTS" | "CPU" | "MEMORY";
const OBSTACLES: Record<Shortage, string> = {
  PORTS: "is already using a port required by your task",
  CPU: "has insufficient CPU units available",
  MEMORY: "has insufficient memory available",
};

/** The part of a task that its container instance uses. */
interface PlacedTask {
  readonly definition: TaskDefinition;
  readonly lastStatus: string;
}

/** An EC2 instance that is registered with a cluster. */
export class ContainerInstance {
  status: "ACTIVE" | "DRAINING" | "INACTIVE" = "ACTIVE";
  readonly registeredAtMs = Date.now();
  /** The tasks that hold resources of the instance: all that have not stopped. */
  readonly tasks = new Set<PlacedTask>();
  /** The images that were pulled on this instance, by the reference that a task named (aws-rules C15). */
  readonly pulledImages = new Map<string, Image>();
  #agentConnected = true;
  /** What agent and ECS have to tell each other, in order. */
  #untold: (() => void)[] = [];

  constructor(
    readonly arn: string,
    readonly instance: Instance,
    /** The capacity provider of its Auto Scaling group, if that was linked when the instance joined (C25). */
    readonly capacityProviderName: string | undefined,
  ) {}

  get agentConnected(): boolean {
    return this.#agentConnected;
  }

  /**
   * Tells ECS what happened on the instance, or the agent what ECS wants: at once while the agent is connected, else
   * when it connects again or ECS gives the instance up.
   */
  tell(message: () => void): void {
    if (this.#agentConnected || this.status === "INACTIVE") message();
    else this.#untold.push(message);
  }

  disconnectAgent(): void {
    this.#agentConnected = false;
  }

  connectAgent(): void {
    this.#agentConnected = true;
    this.#tellAll();
  }

  /** ECS has found that the instance is gone: it is not a part of its cluster any more. */
  giveUp(): void {
    this.status = "INACTIVE";
    this.#tellAll();
  }

  #tellAll(): void {
    const untold = this.#untold;
    this.#untold = [];
    for (const message of untold) message();
  }

  get remaining(): { cpuUnits: number; memoryMiB: number; hostPorts: number[] } {
    const needs = [...this.tasks].map((task) => needsOf(task.definition));
    return {
      cpuUnits: this.instance.capacity.cpuUnits - needs.reduce((sum, need) => sum + need.cpuUnits, 0),
      memoryMiB: this.instance.capacity.memoryMiB - needs.reduce((sum, need) => sum + need.memoryMiB, 0),
      hostPorts: [...SYSTEM_PORTS, ...needs.flatMap((need) => need.hostPorts)],
    };
  }

  /** Returns the resource that a task lacks here, in RunTask's words; undefined if the task can be placed (C3, C9). */
  shortageFor(definition: TaskDefinition): Shortage | undefined {
    const needs = needsOf(definition);
    const left = this.remaining;
    if (needs.hostPorts.some((port) => left.hostPorts.includes(port))) return "PORTS";
    if (needs.cpuUnits > left.cpuUnits) return "CPU";
    return needs.memoryMiB > left.memoryMiB ? "MEMORY" : undefined;
  }

  /** Returns the same in the words of a service event. */
  obstacleFor(definition: TaskDefinition): string | undefined {
    const shortage = this.shortageFor(definition);
    return shortage && OBSTACLES[shortage];
  }
}
