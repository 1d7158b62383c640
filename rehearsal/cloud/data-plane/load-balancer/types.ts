import type { TargetFailure } from "../../kernel/ports";

/**
 * The wire between the cloud's control plane and one load balancer process (one process per Application Load Balancer).
 * Everything here is plain JSON over Node's IPC channel. Seconds are AWS seconds; the process divides them by `speed`.
 */

/** The whole desired state of one load balancer. Sent again, whole, at each change: the process works out what changed. */
export interface LoadBalancerConfig {
  /** The AWS name, for messages. */
  name: string;
  /** One node per enabled availability zone, each with a loopback address of its own. */
  nodes: NodeConfig[];
  listeners: ListenerConfig[];
  targetGroups: TargetGroupConfig[];
  /** AWS seconds, 1-4000 (aws-rules E36). */
  idleTimeoutSeconds: number;
  /** AWS seconds, 60-604800, from the connection's start (E36). */
  clientKeepAliveSeconds: number;
}

export interface NodeConfig {
  zone: string;
  address: string;
  /** Whether its subnet is one that the internet reaches (E7); never for an internal load balancer. */
  internet: boolean;
  /** True while its zone is lost: nothing answers there. */
  lost?: boolean;
}

export interface ListenerConfig {
  arn: string;
  /** The AWS port (443, 80); the process listens on `port + portOffset` on every node. */
  port: number;
  protocol: "HTTP" | "HTTPS";
  /** Whether a security group opens the port to the internet (E9). */
  internet: boolean;
  /** PEM. The first is the default certificate, the others are chosen by SNI. Empty for HTTP. */
  certificates: { certificate: string; privateKey: string; hostNames: string[] }[];
  /** Sorted by priority, lowest first; the first match ends (E15). */
  rules: RuleConfig[];
  defaultAction: ActionConfig;
}

export interface RuleConfig {
  arn: string;
  priority: number;
  /** Host patterns with `*` and `?`, case ignored; the port of the Host header is not part of it. Empty matches all. */
  hostHeaders: string[];
  /** Path patterns; empty matches all. */
  pathPatterns: string[];
  action: ActionConfig;
}

export type ActionConfig =
  | { type: "forward"; targetGroups: { arn: string; weight: number }[] }
  | {
      type: "redirect";
      protocol: string;
      host: string;
      port: string;
      path: string;
      query: string;
      statusCode: 301 | 302;
    }
  | { type: "fixed-response"; statusCode: number; contentType: string; messageBody: string };

export interface TargetGroupConfig {
  arn: string;
  name: string;
  healthCheck: HealthCheckConfig;
  /** AWS seconds, 0-3600 (E37). */
  deregistrationDelaySeconds: number;
  targets: TargetConfig[];
}

export interface HealthCheckConfig {
  path: string;
  /** AWS seconds (E26). */
  intervalSeconds: number;
  /** AWS seconds (E26). */
  timeoutSeconds: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
  /** As AWS writes it: "200", "200-299", "200,202". */
  matcher: string;
}

/** One registered target. A target that leaves `targets` altogether is gone at once; a deregistered one stays with `draining`. */
export interface TargetConfig {
  /** Instance id. */
  id: string;
  /** The registered port on the instance. */
  port: number;
  /** Where the task that owns the instance's host port really listens; null while nothing does (connection refused). */
  endpoint: { address: string; port: number; failure?: TargetFailure | null } | null;
  /** False when a security group drops the packets: connections time out (E9). */
  reachable: boolean;
  /** True once deregistered: no new request; requests in flight may end within the deregistration delay (E37). */
  draining: boolean;
}

/** ELBv2's own words (DescribeTargetHealth). */
export type TargetState = "initial" | "healthy" | "unhealthy" | "unused" | "draining";

export interface TargetHealth {
  targetGroupArn: string;
  targetId: string;
  state: TargetState;
  /** AWS reason code, such as Target.Timeout; empty when healthy. */
  reason: string;
  /** AWS's sentence for a person, such as "Health checks failed with these codes: [404]". */
  description: string;
}

export type ToLoadBalancer =
  | { type: "configure"; config: LoadBalancerConfig; generation: number }
  /** Close listeners, finish requests in flight, exit 0. */
  | { type: "stop" };

export type FromLoadBalancer =
  /** The process accepts `configure`. */
  | { type: "started"; pid: number }
  /** Every listener of that generation is bound and every node has taken its rules. */
  | { type: "configured"; generation: number }
  /** Only when something changed. */
  | { type: "targetHealth"; changes: TargetHealth[] }
  /** A target's last request in flight ended while it is draining. */
  | { type: "drained"; targetGroupArn: string; targetId: string }
  /** Several times in an AWS minute, and at least once a second, when there was traffic. Counts are since the last one. */
  | { type: "metrics"; buckets: TrafficBucket[]; activeConnections: number }
  /** A port is taken, or anything else that the load balancer cannot do. One line for a person. */
  | { type: "failed"; message: string };

/** What was counted in (a part of) one AWS minute. */
export interface TrafficBucket {
  /** Unix milliseconds; with some speeds not whole ones. */
  startMs: number;
  groups: GroupCounts[];
  /** The load balancer's own answers with 5xx, whatever the cause. */
  elb5xx: number;
}

export interface GroupCounts {
  targetGroupArn: string;
  /** Requests for which a target was chosen. */
  requests: number;
  /** Answers of targets with 5xx. */
  target5xx: number;
  /** Requests for which no connection to the target was made. */
  connectionErrors: number;
  /** Answers of targets, and the sum of their times in real milliseconds. */
  responses: number;
  responseMs: number;
}

/** Given to the process as JSON in its environment variable LOAD_BALANCER. */
export interface LoadBalancerStart {
  /** How many AWS seconds pass in one real second. */
  speed: number;
  /** Added to every AWS port. */
  portOffset: number;
  /**
   * Where connections from inside the VPC come from: the network of the calling task has looked at the security groups of both sides. All others
   * come from the internet.
   */
  insideAddress: string;
  /** Seed of the rule spread (E24) and of the weighted choice, so that a run can be repeated. */
  seed: number;
  /** Longest time in AWS seconds that a node takes to follow a rule change; each node draws its own delay from 0 to this. */
  ruleSpreadSeconds: number;
}
