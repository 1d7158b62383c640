import type { ColourOutputs } from "../../components/outputs";

/** What a deploy looks at, outside Pulumi: what really runs. */
export interface Observer {
  /** The image in the registry, or null if there is none. */
  image(repository: string, reference: { tag: string } | { digest: string }): Promise<{ digest: string } | null>;
  colour(colour: ColourOutputs): Promise<ColourObservation>;
  /**
   * Which of these have no value.
   * @param references as in the settings: `ssm:<name>` or `secretsmanager:<name>`
   * @returns why, by reference
   */
  missingSecrets(references: readonly string[]): Promise<Map<string, string>>;
}

export interface ColourObservation {
  targets: ObservedTarget[];
  /** Of the ECS service; one-off tasks are not among them. */
  tasks: ObservedTask[];
  /** Instances of the Auto Scaling group that are in service. */
  inService: number;
  /** Instances that are in the ECS cluster, with their agent connected. */
  joinedInstances: number;
  /** Reasons of scaling activities that failed, newest first. */
  failedActivities: string[];
  /** Tasks that could not start or ended by themselves, newest first. */
  failedTasks: FailedTask[];
}

export interface ObservedTarget {
  targetGroup: string;
  instanceId: string;
  /** ELBv2's state, such as `healthy` or `draining`. */
  state: string;
  /** Reason and description in one line, empty when healthy. */
  reason: string;
}

export interface ObservedTask {
  /** Another one for each task that is started. */
  id: string;
  instanceId: string;
  /** ECS's lastStatus, such as RUNNING; STOPPING from the moment that it is to stop. */
  status: string;
  /** `sha256:...` of the image that really runs; empty until it was pulled. */
  digest: string;
  taskDefinition: string;
}

export interface FailedTask {
  id: string;
  reason: string;
}
