import type { TargetEndpoint } from "../../kernel/ports";
import type { ResponseTimes } from "./response-times";

/**
 * The protocol between the cloud's control plane and one load balancer process (one per Application Load Balancer).
 * Messages are plain JSON over Node's IPC channel. Seconds are AWS seconds; the process divides them by `speed`.
 */

/**
 * The whole desired state of one load balancer. The control plane sends it at each change; the process finds the
 * differences.
 */
export interface LoadBalancerConfig {
  /** The AWS name, for messages. */
  name: string;
  /** One node per enabled availability zone, each with a loopback address of its own. */
  nodes: NodeConfig[];
  listeners: ListenerConfig[];
  targetGroups: TargetGroupConfig[];
  /** AWS seconds, 1-4000 (aws-rules E36). */
  idleTimeoutSeconds: number;
  /** AWS seconds, 60-604800, from the start of the connection (E36). */
  clientKeepAliveSeconds: number;
  /** Whether headers with names that are not valid do not reach targets (E61). Default: false. */
  dropInvalidHeaderFields?: boolean;
  /** The share of `spreadSeconds` that this load balancer takes, above 0 and up to 1 (E24). Default: 1. */
  spreadShare?: number;
  /** Access logs name the load balancer like this, such as `app/public-blue/0123456789abcdef`. Default: none are written. */
  accessLogName?: string;
}

export interface NodeConfig {
  zone: string;
  address: string;
  /** Whether the internet reaches its subnet (E7); false for an internal load balancer. */
  internet: boolean;
  /** True while its zone is lost and nothing answers there. */
  lost?: boolean;
}

export interface ListenerConfig {
  arn: string;
  /** The AWS port (443, 80); the process listens on `port + portOffset` on every node. */
  port: number;
  protocol: "HTTP" | "HTTPS";
  /** Whether a security group opens the port to the internet (E9). */
  internet: boolean;
  /** PEM. The first is the default certificate; SNI selects the others. Empty for HTTP. */
  certificates: { certificate: string; privateKey: string; hostNames: string[] }[];
  /** Sorted by priority, lowest first. The first rule that matches decides (E15). */
  rules: RuleConfig[];
  defaultAction: ActionConfig;
}

export interface RuleConfig {
  arn: string;
  priority: number;
  /**
   * Patterns with `*` and `?` that a Host header matches, not case-sensitive. None matches one with a port (E60).
   * Without these and `hostRegexes` every request matches.
   */
  hostHeaders: string[];
  /** Regular expressions of Host headers, their ports included (E60). */
  hostRegexes: string[];
  /** Path patterns; empty matches all. */
  pathPatterns: string[];
  /** Headers that a request has, each with one of these value patterns, not case-sensitive; empty matches all (E55). */
  httpHeaders: { name: string; values: string[] }[];
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

/** What the load balancer speaks to targets: HTTP/1.1, HTTP/2, or HTTP/2 for gRPC alone (aws-rules E56). */
export type ProtocolVersion = "HTTP1" | "HTTP2" | "GRPC";

export interface TargetGroupConfig {
  arn: string;
  name: string;
  protocolVersion: ProtocolVersion;
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
  /** Status codes in AWS's form: "200", "200-299", "200,202"; for gRPC its own, such as "0" (E57). */
  matcher: string;
}

/**
 * One registered target. A deregistered one stays in `targets` with `draining`; one that is not in `targets` any more
 * is removed at once.
 */
export interface TargetConfig {
  /** Instance id. */
  id: string;
  /** The registered port on the instance. */
  port: number;
  /**
   * The task that has the instance's host port; null while nothing listens (connection refused).
   */
  endpoint: TargetEndpoint | null;
  /** False when a security group drops the packets: connections time out (E9). */
  reachable: boolean;
  /**
   * True after deregistration: the target gets no new request, and requests in flight may end within the delay (E37).
   */
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
  /** AWS's description, such as "Health checks failed with these codes: [404]". */
  description: string;
}

/**
 * A target that closes an idle connection before the load balancer would: a request that is sent at that moment is
 * answered with 502 (aws-rules E34). Both times are real seconds, whatever the speed.
 */
export interface ShortKeepAlive {
  targetGroupArn: string;
  targetId: string;
  /** How long the target keeps an idle connection. */
  targetSeconds: number;
  /** The load balancer's idle timeout. */
  idleTimeoutSeconds: number;
  /** Known from the target's Keep-Alive header, or seen when it closed a connection. */
  evidence: "announced" | "observed";
}

/** A connection to a target that is left idle, to see how long the target keeps it (aws-rules E34). */
export interface IdleConnection {
  targetGroupArn: string;
  targetId: string;
  /** It became idle, or was still there when the load balancer would have closed it. */
  state: "left" | "kept";
  /** The load balancer's idle timeout, in real seconds. */
  idleTimeoutSeconds: number;
}

/** A target that did not answer a request in time: the client gets 504 (aws-rules E35). */
export interface GatewayTimeout {
  targetGroupArn: string;
  targetId: string;
  /** What did not come: the connection, or the beginning of a response. */
  missing: "connection" | "response";
  method: string;
  /** Without its query. */
  path: string;
  /** How long the load balancer waited, in real seconds. */
  waitedSeconds: number;
}

export type ToLoadBalancer =
  | { type: "configure"; config: LoadBalancerConfig; generation: number }
  /** Closes the listeners, waits for the requests in flight, exits with code 0. */
  | { type: "stop" };

export type FromLoadBalancer =
  /** The process accepts `configure`. */
  | { type: "started"; pid: number }
  /** Every listener of that generation is bound and every node follows its rules. */
  | { type: "configured"; generation: number }
  /** The targets whose health changed. */
  | { type: "targetHealth"; changes: TargetHealth[] }
  | ({ type: "shortKeepAlive" } & ShortKeepAlive)
  | ({ type: "idleConnection" } & IdleConnection)
  | ({ type: "gatewayTimeout" } & GatewayTimeout)
  /** A node follows rules that it did not follow at once. */
  | { type: "ruleFollowed"; address: string }
  /** No node sends to a draining target any more, and its last request in flight has ended. */
  | { type: "drained"; targetGroupArn: string; targetId: string }
  /**
   * Sent several times per AWS minute, and at least once a second, while there is traffic. Counts are since the last
   * message.
   */
  | { type: "metrics"; buckets: TrafficBucket[]; activeConnections: number }
  /**
   * The body has the access log entries of one node, compressed by gzip, in base64. It is sent every five AWS minutes if
   * there were requests, and once more when the process stops. `endMs` is in Unix milliseconds.
   */
  | { type: "accessLog"; address: string; endMs: number; body: string }
  /** The configuration failed, for example because a port is taken. The message is one line. */
  | { type: "failed"; message: string };

/** Counts of one AWS minute or a part of it. */
export interface TrafficBucket {
  /** Unix milliseconds; not a whole number at some speeds. */
  startMs: number;
  groups: GroupCounts[];
  /** 5xx responses of the load balancer itself, whatever the cause. */
  elb5xx: number;
}

export interface GroupCounts {
  targetGroupArn: string;
  /** Requests for which a target was chosen. */
  requests: number;
  /** 5xx responses of targets. */
  target5xx: number;
  /** Requests for which no connection to the target was made. */
  connectionErrors: number;
  /** Responses of targets. */
  responses: number;
  /** Sum of the response times in real milliseconds. */
  responseMs: number;
  responseTimes: ResponseTimes;
}

/** The process gets it as JSON in the environment variable LOAD_BALANCER. */
export interface LoadBalancerStart {
  /** AWS seconds per real second. */
  speed: number;
  /** Added to every AWS port. */
  portOffset: number;
  /**
   * Source address of connections from inside the VPC, for which the network of the calling task has applied the
   * security groups of both sides. All other connections come from the internet.
   */
  insideAddress: string;
  /** Seed of the spread (E24) and of the weighted choice; the same seed repeats a run. */
  seed: number;
  /**
   * Longest delay in AWS seconds until a node follows a change of rules or targets: one node follows at once, the
   * slowest takes all of it.
   */
  spreadSeconds: number;
}
