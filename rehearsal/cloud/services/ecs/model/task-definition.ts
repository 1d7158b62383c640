import type { ContainerDefinition } from "./container-definition";

/** One revision of a task definition; it never changes (C1). */
export interface TaskDefinition {
  /** `arn:aws:ecs:<region>:<account>:task-definition/<family>:<revision>` */
  arn: string;
  family: string;
  revision: number;
  status: "ACTIVE" | "INACTIVE";
  networkMode: "bridge" | "host";
  /** CPU units of the task; undefined means those of the container. */
  cpu: number | undefined;
  /** Memory of the task in MiB; undefined means that of the container. */
  memory: number | undefined;
  executionRoleArn: string | undefined;
  taskRoleArn: string | undefined;
  container: ContainerDefinition;
  /** The JSON that the program gave. */
  containerDefinitions: string;
}

/**
 * Returns the memory in MiB at which the only container of a task is killed: its own limit or the task's, whichever is
 * lower. Undefined if it has none: a reservation is no limit.
 */
export function containerMemory({ container, memory }: TaskDefinition): number | undefined {
  const limits = [container.memory, memory].flatMap((limit) => limit ?? []);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Returns the resources that one task takes from its instance. */
export function needsOf(definition: TaskDefinition): { cpuUnits: number; memoryMiB: number; hostPorts: number[] } {
  const { container } = definition;
  return {
    cpuUnits: definition.cpu ?? container.cpu,
    memoryMiB: definition.memory ?? container.memoryReservation ?? container.memory ?? 0,
    hostPorts: container.portMappings.map((mapping) => mapping.hostPort).filter((port) => port !== 0),
  };
}
