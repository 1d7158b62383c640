import type { ContainerInstance } from "./container-instance";
import type { TaskDefinition } from "./task-definition";

/** What one task is to be. */
export interface TaskRequest {
  id: string;
  arn: string;
  clusterName: string;
  /** `service:<name>`; `family:<family>` for a task of no service, unless its starter says otherwise. */
  group: string;
  /** Undefined for a task of no service. */
  serviceName: string | undefined;
  /** Id of a service's deployment, or what the starter of a task says. */
  startedBy: string | undefined;
  definition: TaskDefinition;
  overrides: ContainerOverrides;
  host: ContainerInstance;
}

/** What one run changes of its container; empty for a service's tasks. */
export interface ContainerOverrides {
  /** Instead of the definition's, and of the image's. */
  command?: string[] | undefined;
  /** Added to the definition's; the same name replaces it. */
  environment: { name: string; value: string }[];
}

export const NO_OVERRIDES: ContainerOverrides = { environment: [] };
