import type { ColourOutputs } from "../../components/outputs";

/** What a deploy looks at, outside Pulumi: what really runs. */
export interface Observer {
  /** The image in the registry, or null if there is none. */
  image(repository: string, reference: { tag: string } | { digest: string }): Promise<{ digest: string } | null>;
  colour(colour: ColourOutputs): Promise<ColourObservation>;
}

export interface ColourObservation {
  targets: ObservedTarget[];
  tasks: ObservedTask[];
  /** Instances that are in the ECS cluster, with their agent connected. */
  joinedInstances: number;
  /** Reasons of scaling activities that failed, newest first. */
  failedActivities: string[];
  /** Reasons of tasks that could not start or ended by themselves, newest first. */
  failedTasks: string[];
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
  instanceId: string;
  /** ECS's lastStatus, such as RUNNING. */
  status: string;
  /** `sha256:...` of the image that really runs; empty until it was pulled. */
  digest: string;
  taskDefinition: string;
}
