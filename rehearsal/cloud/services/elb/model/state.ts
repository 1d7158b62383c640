import type { ActionConfig, HealthCheckConfig, RuleConfig, TargetState } from "../../../data-plane/load-balancer/types";
import type { RegisteredInstance } from "../../../kernel/ports";

/** Everything that ELB knows, by ARN. The classes of this folder change it; the data planes follow it. */
export class ElbState {
  readonly loadBalancers = new Map<string, LoadBalancerState>();
  readonly listeners = new Map<string, ListenerState>();
  readonly rules = new Map<string, RuleState>();
  readonly targetGroups = new Map<string, TargetGroupState>();
}

export interface LoadBalancerState {
  arn: string;
  name: string;
  internal: boolean;
  dnsName: string;
  /** Route 53 zone id of the region's load balancers, for alias records (R1). */
  zoneId: string;
  vpcId: string;
  state: "provisioning" | "active";
  createdAtMs: number;
  settings: LoadBalancerSettings;
  nodes: NodeState[];
}

/** What can change while a load balancer lives. */
export interface LoadBalancerSettings {
  subnets: string[];
  securityGroups: string[];
  /** AWS seconds. */
  idleTimeoutSeconds: number;
  /** AWS seconds. */
  clientKeepAliveSeconds: number;
  deletionProtection: boolean;
  /** Null while switched off. */
  accessLogs: { bucket: string; prefix: string } | null;
}

export interface NodeState {
  zone: string;
  subnetId: string;
  /** Where the data plane listens. */
  address: string;
  /** Null until the network has given one. */
  interfaceId: string | null;
}

export interface ListenerState {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: "HTTP" | "HTTPS";
  /** Null for HTTP. */
  sslPolicy: string | null;
  certificateArn: string | null;
  defaultAction: ActionConfig;
}

export interface RuleState extends Omit<RuleConfig, "action"> {
  listenerArn: string;
  action: ActionConfig;
}

export interface TargetGroupState {
  arn: string;
  name: string;
  port: number;
  protocol: "HTTP";
  vpcId: string;
  targetType: "instance";
  settings: TargetGroupSettings;
  targets: Map<string, TargetEntry>;
  /** The load balancer whose data plane knows the group: the last one that named it in a rule. */
  home: string | null;
}

/** What can change while a target group lives. */
export interface TargetGroupSettings {
  healthCheck: HealthCheckConfig;
  /** AWS seconds. */
  deregistrationDelaySeconds: number;
}

export interface TargetEntry {
  instance: RegisteredInstance;
  health: { state: TargetState; reason: string; description: string };
  /** Null unless it is draining. */
  draining: Draining | null;
}

export interface Draining {
  /** Resolves when nothing is in flight any more, or the delay is over. */
  done: Promise<void>;
  /** Called when nothing is in flight any more. */
  drained(): void;
  /** Ends the wait for the delay's end: registered again, or the cloud closes. */
  abort: AbortController;
}
