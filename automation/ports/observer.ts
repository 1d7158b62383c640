import type { ColourOutputs, TargetGroupOutputs } from "../../components/live/outputs";

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
  /** One for each name, in their order; what cannot be read is said so and not left out. */
  alarms(names: readonly string[]): Promise<ObservedAlarm[]>;
  /**
   * What the load balancers counted for these target groups together, by whole periods within the window, oldest first. A period in which nothing was
   * counted is there with 0: the load balancers report none for it.
   */
  traffic(targetGroups: readonly TargetGroupOutputs[], window: MetricWindow): Promise<TrafficPeriod[]>;
  /** DNS name of the load balancer that an alias record leads to, by record name; null where there is none. */
  aliases(zoneId: string, names: readonly string[]): Promise<Record<string, string | null>>;
}

export interface ObservedAlarm {
  name: string;
  /** `unreadable` counts as firing: an alarm that nobody can read protects nobody. */
  state: "OK" | "ALARM" | "INSUFFICIENT_DATA" | "unreadable";
  /** Why it is in that state, in one line. */
  reason: string;
}

export interface MetricWindow {
  /** Unix milliseconds. */
  fromMs: number;
  toMs: number;
  /** 60 on AWS; shorter in rehearsals, where time runs faster. */
  periodSeconds: number;
}

export interface TrafficPeriod {
  /** Unix milliseconds. */
  startMs: number;
  requests: number;
  /** Answers of targets with 5xx, and those that the load balancers gave because a target did not answer well. */
  errors: number;
  /** Average over the requests; null without any. */
  responseSeconds: number | null;
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
