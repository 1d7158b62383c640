import type {
  ActionConfig,
  HealthCheckConfig,
  ProtocolVersion,
  RuleConfig,
  TargetState,
} from "../../../data-plane/load-balancer/types";
import type { RegisteredInstance } from "../../../kernel/ports";

/**
 * The resources of ELB by ARN. The classes of this folder change it, and the data planes get their configuration from
 * it.
 */
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
  /** Canonical hosted zone id of the Region's load balancers, for alias records (R1). */
  zoneId: string;
  vpcId: string;
  state: "provisioning" | "active";
  createdAtMs: number;
  settings: LoadBalancerSettings;
  nodes: NodeState[];
}

/** The settings of a load balancer that can change in place. */
export interface LoadBalancerSettings {
  subnets: string[];
  securityGroups: string[];
  /** AWS seconds. */
  idleTimeoutSeconds: number;
  /** AWS seconds. */
  clientKeepAliveSeconds: number;
  deletionProtection: boolean;
  /** Headers with names that are not valid do not reach targets (E61). */
  dropInvalidHeaderFields: boolean;
  /** Null while access logs are off. */
  accessLogs: { bucket: string; prefix: string } | null;
}

export interface NodeState {
  zone: string;
  subnetId: string;
  /** The loopback address that the data plane listens on. */
  address: string;
  /** True once DNS leads to other nodes; it serves for a while yet (E41). */
  leaving: boolean;
  /** Null until the network interface exists. */
  interfaceId: string | null;
}

export interface ListenerState {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: "HTTP" | "HTTPS";
  /** Null for HTTP. */
  sslPolicy: string | null;
  /** Null for HTTP. */
  certificateArn: string | null;
  /** Certificates beside the default one, which the name in a client's TLS handshake selects (E11). */
  furtherCertificateArns: readonly string[];
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
  protocolVersion: ProtocolVersion;
  vpcId: string;
  targetType: "instance";
  settings: TargetGroupSettings;
  targets: Map<string, TargetEntry>;
  /** The load balancer whose data plane has the group: the last one with a rule or listener that forwards to it. */
  loadBalancerArn: string | null;
}

/** The settings of a target group that can change in place. */
export interface TargetGroupSettings {
  healthCheck: HealthCheckConfig;
  /** AWS seconds. */
  deregistrationDelaySeconds: number;
}

export interface TargetEntry {
  instance: RegisteredInstance;
  health: { state: TargetState; reason: string; description: string };
  /** Null unless the target is draining. */
  draining: Draining | null;
}

export interface Draining {
  /** Resolves when the deregistration delay is over. */
  done: Promise<void>;
  /** Ends the deregistration delay early: when the target is registered again, or the cloud closes. */
  abort: AbortController;
}
