import { colourOf } from "../../../faults/machine-faults";
import type { FaultyTask } from "../../../faults/task-faults";
import type { ContainerInstance } from "./container-instance";
import type { TaskDefinition } from "./task-definition";

/** The settings of one task. */
export interface TaskRequest {
  id: string;
  arn: string;
  clusterName: string;
  /** `service:<name>`; for a standalone task `family:<family>` or the group of its request. */
  group: string;
  /** Undefined for a standalone task. */
  serviceName: string | undefined;
  /** The id of the service's deployment; for a standalone task the value of its request. */
  startedBy: string | undefined;
  definition: TaskDefinition;
  overrides: ContainerOverrides;
  host: ContainerInstance;
  /** Whether it was started with agents of ECS Exec (C46). Default: no. */
  enableExecuteCommand?: boolean;
}

/** The overrides of one task's container; empty for a service's tasks. */
export interface ContainerOverrides {
  /** Replaces the command of the task definition and of the image. */
  command?: string[] | undefined;
  /** Added to the definition's variables; a variable of the same name is replaced. */
  environment: { name: string; value: string }[];
}

export const NO_OVERRIDES: ContainerOverrides = { environment: [] };

/** Returns the properties by which faults choose the task. */
export function faultyTask({ id, clusterName, definition: { container } }: TaskRequest): FaultyTask {
  return {
    id,
    // The program names containers after its services and gives the release in a variable.
    service: container.name,
    colour: colourOf(clusterName),
    release: container.environment.find(({ name }) => name === "RELEASE")?.value,
  };
}
