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

/** Returns the resources that one task takes from its instance. */
export function needsOf(definition: TaskDefinition): { cpuUnits: number; memoryMiB: number; hostPorts: number[] } {
  const { container } = definition;
  return {
    cpuUnits: definition.cpu ?? container.cpu,
    memoryMiB: definition.memory ?? container.memoryReservation ?? container.memory ?? 0,
    hostPorts: container.portMappings.map((mapping) => mapping.hostPort).filter((port) => port !== 0),
  };
}
