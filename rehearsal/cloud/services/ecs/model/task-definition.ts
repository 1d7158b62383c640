import type { ContainerDefinition } from "./container-definition";

/** One revision; it never changes (C1). */
export interface TaskDefinition {
  /** `arn:aws:ecs:<region>:<account>:task-definition/<family>:<revision>` */
  arn: string;
  family: string;
  revision: number;
  status: "ACTIVE" | "INACTIVE";
  networkMode: "bridge" | "host";
  /** CPU units of the task; undefined leaves it to the container. */
  cpu: number | undefined;
  /** MiB of the task; undefined leaves it to the container. */
  memory: number | undefined;
  executionRoleArn: string | undefined;
  taskRoleArn: string | undefined;
  container: ContainerDefinition;
  /** As the program wrote it. */
  containerDefinitions: string;
}

/** What placing one task takes from an instance. */
export function needsOf(definition: TaskDefinition): { cpuUnits: number; memoryMiB: number; hostPorts: number[] } {
  const { container } = definition;
  return {
    cpuUnits: definition.cpu ?? container.cpu,
    memoryMiB: definition.memory ?? container.memoryReservation ?? container.memory ?? 0,
    hostPorts: container.portMappings.map((mapping) => mapping.hostPort).filter((port) => port !== 0),
  };
}
