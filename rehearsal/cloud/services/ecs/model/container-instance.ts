import type { Instance } from "../../ec2/model/instance";
import type { Task } from "./task";
import { needsOf, type TaskDefinition } from "./task-definition";

/** Taken by SSH, Docker and the agent itself on every container instance (aws-rules C9). */
const SYSTEM_PORTS = [22, 2375, 2376, 51678, 51679, 51680];

type Shortage = "PORTS" | "CPU" | "MEMORY";
const OBSTACLES: Record<Shortage, string> = {
  PORTS: "is already using a port required by your task",
  CPU: "has insufficient CPU units available",
  MEMORY: "has insufficient memory available",
};

/** An EC2 instance as its cluster sees it. */
export class ContainerInstance {
  status: "ACTIVE" | "DRAINING" | "INACTIVE" = "ACTIVE";
  agentConnected = true;
  readonly registeredAtMs = Date.now();
  /** Those that hold resources: everything not yet stopped. */
  readonly tasks = new Set<Task>();
  /** Digests of images that were pulled before. */
  readonly pulledImages = new Set<string>();

  constructor(
    readonly arn: string,
    readonly instance: Instance,
    /** The capacity provider of its group, if that was linked when it joined (C25). */
    readonly capacityProviderName: string | undefined,
  ) {}

  get remaining(): { cpuUnits: number; memoryMiB: number; hostPorts: number[] } {
    const needs = [...this.tasks].map((task) => needsOf(task.definition));
    return {
      cpuUnits: this.instance.capacity.cpuUnits - needs.reduce((sum, need) => sum + need.cpuUnits, 0),
      memoryMiB: this.instance.capacity.memoryMiB - needs.reduce((sum, need) => sum + need.memoryMiB, 0),
      hostPorts: [...SYSTEM_PORTS, ...needs.flatMap((need) => need.hostPorts)],
    };
  }

  /** What a task lacks here, as RunTask names it; undefined if it can be placed (C3, C9). */
  shortageFor(definition: TaskDefinition): Shortage | undefined {
    const needs = needsOf(definition);
    const left = this.remaining;
    if (needs.hostPorts.some((port) => left.hostPorts.includes(port))) return "PORTS";
    if (needs.cpuUnits > left.cpuUnits) return "CPU";
    return needs.memoryMiB > left.memoryMiB ? "MEMORY" : undefined;
  }

  /** The same in a service event's words. */
  obstacleFor(definition: TaskDefinition): string | undefined {
    const shortage = this.shortageFor(definition);
    return shortage && OBSTACLES[shortage];
  }
}
