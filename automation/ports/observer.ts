import type { SecretVersion } from "../../components/live/configuration";
import type { ColourOutputs, JobOutputs, TargetGroupOutputs } from "../../components/live/outputs";

/** Reads from AWS, not from Pulumi's state, what is really running. */
export interface Observer {
  /** Returns how far this machine's clock is ahead of AWS's by its answers, to within two seconds; negative where it is behind, null before the first. */
  clockAheadMs(): number | null;
  /** Returns the ARN of whoever this process acts as. */
  caller(): Promise<string>;
  /**
   * Returns the image in the registry, or null if there is none.
   * @param registry default: the stack's own
   */
  image(
    repository: string,
    reference: { tag: string } | { digest: string },
    registry?: { registryId: string; region: string },
  ): Promise<{ digest: string } | null>;
  colour(colour: ColourOutputs): Promise<ColourObservation>;
  /**
   * Returns the current version of each secret, or why a task could not read it. It never reads a value.
   * @param references as in the settings: `ssm:<name>` or `secretsmanager:<name>`
   * @returns by reference
   */
  secrets(references: readonly string[]): Promise<Map<string, ObservedSecret>>;
  /**
   * Returns one alarm for each name, in the order of the names. An alarm that cannot be read is `unreadable`, not left
   * out.
   */
  alarms(names: readonly string[]): Promise<ObservedAlarm[]>;
  /**
   * Returns what the load balancers counted for these target groups together, by whole periods within the window,
   * oldest first. A period in which nothing was counted has zeros: the load balancers report nothing for it.
   */
  traffic(targetGroups: readonly TargetGroupOutputs[], window: MetricWindow): Promise<TrafficPeriod[]>;
  /**
   * Returns the DNS name of the load balancer that an alias record points to, by record name; null where there is no
   * such record.
   */
  aliases(zoneId: string, names: readonly string[]): Promise<Record<string, string | null>>;
  /**
   * Returns the weights of listener rules' target groups, by rule and target group; one
   * target group alone has a weight of 100.
   */
  weights(rules: readonly string[]): Promise<Map<string, Map<string, number>>>;
  /** Returns what a job's schedule starts, or null if there is no such schedule. */
  schedule(job: Pick<JobOutputs, "schedule" | "scheduleGroup">): Promise<ObservedSchedule | null>;
  /** Returns the runs of a job in one colour's cluster: those that go on, and those that ended within about an hour. */
  runs(cluster: string): Promise<ObservedRun[]>;
  /** Returns the image of a task definition's only container, or null for one that no task can be started of. */
  taskImage(taskDefinition: string): Promise<string | null>;
}

export interface ObservedRun {
  /** Unix milliseconds. */
  createdMs: number;
  /** Unix milliseconds; null while it goes on. */
  endedMs: number | null;
  /** Null while it goes on, and for one that did not start, or whose machine was lost. */
  exitCode: number | null;
  /** Whether something else than its own end stopped it: it may not have done its work, whatever its exit code. */
  wasStopped: boolean;
  /** Why it ended, in ECS's words; empty while it goes on. */
  reason: string;
}

export interface ObservedSchedule {
  isEnabled: boolean;
  /** ARN of the task definition that it starts. */
  taskDefinition: string;
}

/** A secret that has a value, or why it has none. */
export type ObservedSecret = Omit<SecretVersion, "from"> | { missing: string };

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
  /** Unix milliseconds. */
  toMs: number;
  /** 60 on AWS; shorter in rehearsals, where time runs faster. */
  periodSeconds: number;
}

export interface TrafficPeriod {
  /** Unix milliseconds. */
  startMs: number;
  requests: number;
  /** Responses of targets with 5xx, and connections to targets that were not made. */
  errors: number;
  /**
   * Requests whose end was counted in the period: responses of targets, and connections that were not made. Each of the others got no
   * response, or was in flight at the end of the period. More than `requests` where some of an earlier period ended.
   */
  ended: number;
  /** Average over the requests; null without any. */
  responseSeconds: number | null;
}

/** Several periods taken together. */
export interface Rates {
  requests: number;
  /** How many requests failed: the errors of the periods, and the requests that have no end in them. */
  errors: number;
  /** 0 without requests. */
  errorPercent: number;
  /** Average over the requests; null without any. */
  responseSeconds: number | null;
}

/**
 * What a new release is compared with: the old release before the change or, while both get requests, the old release
 * in the same periods. The same periods are the better measure: whatever else happens affects both.
 */
export type Compare = "before" | "meanwhile";

/** The metrics that one service's new release was analysed by. */
export interface AnalysedTraffic {
  service: string;
  /** What `old` was measured in. */
  compare: Compare;
  periodSeconds: number;
  /** The new release's whole periods since the change, oldest first. */
  periods: readonly TrafficPeriod[];
  /** The old release's periods together. */
  old: Rates;
  /** Percentage points of 5xx and of requests without a response that the new release may have on top of the old one's. */
  maxErrorPercent: number;
  /** How many times the old release's average time the new one may take. */
  maxLatencyRatio: number;
}

export interface ColourObservation {
  targets: ObservedTarget[];
  /** Tasks of the ECS service, or of a job, without other standalone tasks. Some may be of instances that are gone: see `runningTasks`. */
  tasks: ObservedTask[];
  /** Instances of the Auto Scaling group, with those that it terminates. */
  instances: ObservedInstance[];
  /** Instances of the Auto Scaling group that are in service, without those on top of the number that it wants. */
  inService: number;
  /** Least number of instances that the Auto Scaling group keeps now. */
  minimum: number;
  /** Instances that are in the ECS cluster with their agent connected. */
  joinedInstances: number;
  /** Scaling activities that failed, newest first. AWS remembers them for six weeks. */
  failedActivities: FailedActivity[];
  /** Tasks that could not start or ended by themselves, newest first. */
  failedTasks: FailedTask[];
}

export interface ObservedInstance {
  /** The ID of the EC2 instance, such as `i-0123456789abcdef0`. */
  id: string;
  /** Auto Scaling's lifecycle state, such as `InService` or `Terminating:Wait`. */
  state: string;
  /** Its ECS agent: `none` if the instance is not in the cluster. Nothing is heard of tasks beside a disconnected one. */
  agent: "connected" | "disconnected" | "none";
  /** True while nothing can be said of its health yet: it boots, or its first task has started a short time ago. Absent otherwise. */
  isStarting?: true;
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
  /** Different for each task that is started. */
  id: string;
  instanceId: string;
  /** ECS's lastStatus, such as RUNNING; STOPPING from the moment at which the task is to stop. */
  status: string;
  /** `sha256:...` of the image that really runs, by container; empty until the image was pulled. */
  digests: Readonly<Record<string, string>>;
  taskDefinition: string;
  /** Unix milliseconds; absent until it has started. */
  startedMs?: number;
  /** Status of the agent of ECS Exec, such as RUNNING, by container; absent for a task without ECS Exec. */
  exec?: Readonly<Record<string, string>>;
}

export interface FailedActivity {
  reason: string;
  /** Unix milliseconds, by AWS's clock. */
  startedMs: number;
}

export interface FailedTask {
  id: string;
  reason: string;
}
