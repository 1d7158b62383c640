import type { ContainerDefinition } from "./container-definition";

/** One revision of a task definition; it never changes (C1). */
export interface TaskDefinition {
  /** `arn:aws:ecs:<region>:<account>:task-definition/<family>:<revision>` */
  arn: string;
  family: string;
  revision: number;
  status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS";
  networkMode: "bridge" | "host" | "awsvpc";
  /** Where its tasks may run. */
  requiresCompatibilities: ("EC2" | "FARGATE")[];
  /** Names of its empty volumes. */
  volumes: string[];
  /** CPU units of the task; undefined means those of the container. */
  cpu: number | undefined;
  /** Memory of the task in MiB; undefined means that of the container. */
  memory: number | undefined;
  executionRoleArn: string | undefined;
  taskRoleArn: string | undefined;
  /** The first container. The program names it after its service: faults, networks and reports know a task by it. */
  container: ContainerDefinition;
  others: ContainerDefinition[];
  /** The JSON that the program gave. */
  containerDefinitions: string;
}

export function containersOf({ container, others }: Pick<TaskDefinition, "container" | "others">) {
  return [container, ...others];
}

/** Returns the container that load balancers reach. */
export function servingContainer(definition: TaskDefinition): ContainerDefinition {
  return containersOf(definition).find(({ portMappings }) => portMappings.length > 0) ?? definition.container;
}

/** Returns what people call a container: its service, or the sidecar that it is of one. */
export function titleOf(definition: TaskDefinition, { name }: ContainerDefinition): string {
  const service = definition.container.name;
  return name === service ? service : `${service}'s sidecar ${name}`;
}

/**
 * Returns the memory in MiB at which a container is killed: its own limit or the task's, whichever is lower. Undefined if
 * it has none: a reservation is no limit.
 */
export function containerMemory({ memory }: TaskDefinition, container: ContainerDefinition): number | undefined {
  const limits = [container.memory, memory].flatMap((limit) => limit ?? []);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Returns the resources that one task takes from its instance. */
export function needsOf(definition: TaskDefinition): { cpuUnits: number; memoryMiB: number; hostPorts: number[] } {
  const containers = containersOf(definition);
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  return {
    cpuUnits: definition.cpu ?? sum(containers.map(({ cpu }) => cpu)),
    memoryMiB:
      definition.memory ?? sum(containers.map(({ memory, memoryReservation }) => memoryReservation ?? memory ?? 0)),
    hostPorts: containers
      .flatMap(({ portMappings }) => portMappings.map(({ hostPort }) => hostPort))
      .filter((port) => port !== 0),
  };
}
