import type { FaultKind } from "./fault-kinds";

/** Something that happened in the cloud: one line of its event file. Times are Unix milliseconds. */
export type CloudEvent =
  | {
      kind: "instance";
      atMs: number;
      autoScalingGroup: string;
      instanceId: string;
      state: "pending" | "running" | "shutting-down" | "terminated";
    }
  | {
      kind: "task";
      atMs: number;
      cluster: string;
      taskId: string;
      instanceId: string;
      state: "pending" | "running" | "stopped";
      image: string;
      reason: string;
    }
  /** What a service has to mend about its containers, in one line. */
  | { kind: "problem"; atMs: number; taskId: string; service: string; problem: string }
  | ContainerEnded
  | ScheduledRun
  /**
   * How the cloud does each part of a container's surroundings; null for a part that it does not try. `container` is one that
   * has started, by the name that people have for it; absent for what this machine allows. A part that does not concern it is absent.
   */
  | { kind: "surroundings"; atMs: number; container?: string; means: Record<string, string | null> }
  /** A server takes the place of a database. `asked` is the version of the settings; null for a database that existed before. */
  | {
      kind: "database";
      atMs: number;
      name: string;
      asked: string | null;
      version: string;
      /** Absent for a server of the cloud's own. */
      external?: ExternalFacts;
    }
  /** A target group is created. */
  | { kind: "targetGroup"; atMs: number; name: string; tags: Record<string, string> }
  | { kind: "target"; atMs: number; targetGroup: string; targetId: string; state: string; reason: string }
  /** A node of a load balancer follows a change of rules that spread to it (E24). */
  | { kind: "ruleFollowed"; atMs: number; loadBalancer: string; internal: boolean; address: string }
  /** A target closes idle connections before its load balancer does (E34). Times are real seconds at any speed. */
  | {
      kind: "shortKeepAlive";
      atMs: number;
      loadBalancer: string;
      targetGroup: string;
      targetId: string;
      targetSeconds: number;
      idleTimeoutSeconds: number;
      evidence: "announced" | "observed";
    }
  /**
   * A connection to a target that does not announce how long it keeps one is left idle; the target kept it for longer
   * than the load balancer would (E34). Times are real seconds at any speed.
   */
  | {
      kind: "idleConnection";
      atMs: number;
      loadBalancer: string;
      targetGroup: string;
      targetId: string;
      state: "left" | "kept";
      idleTimeoutSeconds: number;
    }
  /** Requests that an internal load balancer has sent to a target group since the last such event. */
  | { kind: "internalRequests"; atMs: number; loadBalancer: string; targetGroup: string; requests: number }
  /** A load balancer answers a request with 504, because a target did not answer in time (E35). */
  | {
      kind: "gatewayTimeout";
      atMs: number;
      loadBalancer: string;
      targetGroup: string;
      targetId: string;
      missing: "connection" | "response";
      method: string;
      path: string;
      waitedSeconds: number;
    }
  | {
      kind: "record";
      atMs: number;
      name: string;
      type: string;
      target: string;
      state: "pending" | "nameServer" | "insync";
      nameServer: number | null;
    }
  | {
      kind: "rule";
      atMs: number;
      loadBalancer: string;
      /** A host, or the regular expression of one. */
      host: string;
      targetGroups: { name: string; weight: number }[];
    }
  /** The state of a CloudWatch alarm changed. */
  | { kind: "alarm"; atMs: number; name: string; from: string; to: string; reason: string }
  /**
   * `detail` has the fault's parameters when it is switched on, what it injected, or the number of its injections when it
   * ends.
   */
  | { kind: "fault"; atMs: number; fault: FaultKind; id: string; state: "on" | "injected" | "off"; detail: string };

/** A container of a task has ended. Seconds are real ones at any speed. */
export interface ContainerEnded {
  kind: "containerEnded";
  atMs: number;
  taskId: string;
  /** The service that the task is of; for a standalone task, too. */
  service: string;
  /** "" for a task without the variable. */
  release: string;
  container: string;
  /** Whether it is one of a service's, which ECS replaces. */
  isOfService: boolean;
  isEssential: boolean;
  /**
   * `byItself`: nobody had asked it to; `stopped`: by SIGTERM; `killed`: it still ran when its time after SIGTERM was over; `unheard`: its program
   * had no handler for SIGTERM; `outOfMemory`; `lost`: with its machine, by a fault or at the cloud's end.
   */
  how: "byItself" | "stopped" | "killed" | "unheard" | "outOfMemory" | "lost";
  exitCode: number;
  ranSeconds: number;
  /** Its time between SIGTERM and SIGKILL, whether it took that or not; null if it was not stopped. */
  graceSeconds: number | null;
  /** What it said at last; null if it ended with 0 or said nothing. */
  said: string | null;
  /** The file with its output; null if nothing keeps it. */
  log: string | null;
}

/** A task that a schedule started has ended, or the schedule has given one of its times up. */
export interface ScheduledRun {
  kind: "scheduledRun";
  atMs: number;
  /** The service, after which the schedule is named, too. */
  service: string;
  /** "" for a time that was given up. */
  release: string;
  /** Null for a time that was given up. */
  taskId: string | null;
  /** Null for a task that did not start. */
  exitCode: number | null;
  /** Why it ended or did not start, in AWS's words. */
  reason: string;
}

/** A server that was there before the cloud, and has all of its databases. */
export interface ExternalFacts {
  /** Host and port. */
  place: string;
  /** Numbers of connections: `shared` is what the server has for all its databases, `asked` what RDS gives the database's class. */
  connections: { shared: number; asked: number };
  /** It lets everybody in, whatever the password. */
  trusts: boolean;
}
