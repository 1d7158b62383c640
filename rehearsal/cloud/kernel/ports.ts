import type { Socket } from "node:net";

/**
 * What the parts of the cloud ask of each other. One service implements each interface; the others see only the
 * interface.
 */

/** Routes and security groups: which packets arrive (aws-rules E7, E9, C10, C13, N4, N10). */
export interface Reachability {
  /**
   * True if packets from a member of `fromGroups` (or from anywhere: "internet") reach a member of `toGroups` on a
   * TCP port.
   */
  allows(fromGroups: string[] | "internet", toGroups: string[], port: number): boolean;
  /**
   * How a subnet reaches the internet, by its route table, the NAT's own subnet and the gateway's attachment; null if
   * it does not.
   */
  internetRoute(subnetId: string): "internet-gateway" | "nat-gateway" | null;
  /**
   * Whether an instance in the subnet with these groups can open port 443 to an AWS service (`ecs`, `ecr.api`,
   * `ecr.dkr`, `logs`, `s3`), by the internet route and egress rules or by endpoints. If it cannot, the reason is one
   * line.
   */
  reachesService(subnetId: string, groupIds: string[], service: string): { ok: true } | { ok: false; reason: string };
  subnet(subnetId: string): { id: string; vpcId: string; availabilityZone: string; cidrBlock: string };
}

/** Routes and security groups, as a task's own network asks for them. */
export interface TaskReachability {
  /** The side whose security groups drop packets between members of the two; undefined if the packets arrive. */
  blockedBy(fromGroups: string[], toGroups: string[], port: number): "sender" | "receiver" | undefined;
  /** True if a rule of the groups lets packets out to an address on a TCP port, whatever happens to them later. */
  letsOut(groupIds: string[], address: string, port: number): boolean;
  /**
   * Whether an instance in the subnet with these groups can open a TCP port of any public address. If it cannot, the
   * reason is one line.
   */
  reachesInternet(subnetId: string, groupIds: string[], port: number): { ok: true } | { ok: false; reason: string };
}

/** What roles may do: explicit allows and denies in inline and attached policies, with wildcards. */
export interface Permissions {
  /**
   * @param resource ARN; "*" asks for any resource
   * @param conditions condition keys of the call beyond those of every call; an empty list for one that it is known to lack
   */
  allows(
    roleName: string,
    action: string,
    resource: string,
    conditions?: Readonly<Record<string, string | readonly string[]>>,
  ): boolean;
  /**
   * True if the role's trust policy lets a service principal assume it, such as `ec2.amazonaws.com` (I5).
   * @param sourceArn what the service assumes it for. Default: any resource of the service
   */
  trusts(roleName: string, servicePrincipal: string, sourceArn?: string): boolean;
  /** Name of the role in an instance profile, which is given by name or ARN; undefined if there is no such profile. */
  roleOfProfile(profile: string): string | undefined;
  roleNameOfArn(arn: string): string | undefined;
}

export interface Certificates {
  /** Certificate and key as PEM; undefined unless the certificate is issued (E11, M1). */
  issued(arn: string): { certificate: string; privateKey: string; hostNames: string[] } | undefined;
  exists(arn: string): boolean;
  /** Load balancing says here which of its resources uses a certificate (M5). */
  setInUse(arn: string, user: string, inUse: boolean): void;
  /** PEM of the authority that signs these certificates, and those of AWS's own servers but RDS's databases (B9). */
  readonly authority: string;
}

/** An image in the registry: the part of its manifest that a rehearsal runs. */
export interface Image {
  /** `sha256:<64 hex>` of the manifest's bytes. */
  digest: string;
  tags: string[];
  /** Repository name. */
  repository: string;
  config: ImageConfig;
}

interface ImageConfig {
  /** The program before the command; empty for none, and for an image that Docker runs, which knows its own. */
  entryPoint: string[];
  command: string[];
  workingDirectory: string;
  environment: Record<string, string>;
  /** The paths that the image names as VOLUME. */
  volumes: string[];
  /** The folder with everything that is in the image. */
  directory: string;
  /** The processor that it is built for, as Docker names it; undefined for one that runs on any. */
  architecture: "amd64" | "arm64" | undefined;
  /** Whether Docker runs it: the command is then a launcher that takes options of `docker run` first. */
  docker: boolean;
}

export interface Images {
  /**
   * @param reference `<registry>/<repository>@sha256:...` or `<registry>/<repository>:tag`; undefined if it does not
   *   exist
   */
  find(reference: string): Image | undefined;
}

/** Log groups: one file each (C18, W1). */
export interface Logs {
  exists(logGroup: string): boolean;
  /** Appends one line of a task's output. */
  append(logGroup: string, stream: string, line: string): void;
  /** Returns the path of the file on this machine that has a stream's lines. */
  fileOf(logGroup: string, stream: string): string;
}

export interface RecordsInZone {
  /** Values of a record as public DNS answers it now, for ACM's validation (M1); undefined if there is none. */
  publicRecord(name: string, type: string): string[] | undefined;
}

/** The DNS resolver of each VPC. */
export interface VpcDns {
  /** @param name lower case, without the last dot */
  resolve(vpcId: string, name: string): VpcDnsAnswer;
}

export type VpcDnsAnswer =
  | { kind: "addresses"; addresses: string[] }
  /** The zones that the VPC sees have no such name, or the name has no A record. */
  | { kind: "noSuchName" | "noAddress" }
  /** The name is outside every zone, or the VPC has DNS support switched off. */
  | { kind: "refused" };

export interface PrivateZones {
  /** The private hosted zone that answers for a name in a VPC; undefined if there is none. */
  privateZoneOf(vpcId: string, name: string): { name: string } | undefined;
}

/** What Auto Scaling and ECS ask of load balancing. */
export interface TargetRegistry {
  targetGroup(arn: string): { arn: string; name: string; port: number; vpcId: string; targetType: string } | undefined;
  register(targetGroupArn: string, instance: RegisteredInstance): void;
  /** Starts draining. Resolves when the deregistration delay is over (A9, E37). */
  deregister(targetGroupArn: string, instanceId: string): Promise<void>;
  /** Health of every target that is registered or draining. */
  health(targetGroupArn: string): { targetId: string; state: string; reason: string; description: string }[];
  /** Calls the listener at each change of `health`. Returns the unsubscribe function. */
  onHealth(listener: (targetGroupArn: string) => void): () => void;
  /** Says where an instance's host port is served; null once nothing listens. */
  setEndpoint(instanceId: string, hostPort: number, endpoint: TargetEndpoint | null): void;
}

/** What answers on the host port of an instance. */
export interface TargetEndpoint {
  /** The real address and port on this machine. */
  address: string;
  port: number;
  /** How it fails; null or undefined while it works. */
  failure?: TargetFailure | null;
  /** The task's variable RELEASE; undefined without one. */
  release?: string | undefined;
  /** The service that the task is of. */
  service?: string | undefined;
}

export interface RegisteredInstance {
  instanceId: string;
  /** EC2's state, such as `running`. */
  readonly state?: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  securityGroupIds: string[];
}

/** How a fault makes a task fail. The task does its work; its answers leave with another status. */
export interface TargetFailure {
  status: 500 | 503;
  /** Share of the answers, above 0 and up to 1, evenly spread: every 20th for 0.05. */
  share: number;
  /** Whether health checks get these answers too. */
  healthChecks: boolean;
}

/** What a proxy asks before it connects to an address. */
export interface LoadBalancerNodes {
  /** The load balancer that has a node at a loopback address. */
  at(address: string): LoadBalancerNode | undefined;
}

export interface LoadBalancerNode {
  /** Name of the load balancer. */
  loadBalancer: string;
  internal: boolean;
  vpcId: string;
  securityGroupIds: string[];
  /**
   * The reason why packets from the internet to an AWS port do not arrive, in one line; undefined if they arrive (E7,
   * E9).
   */
  closedToInternet(port: number): string | undefined;
}

/** Databases, as clients in a VPC reach them. */
export interface DatabaseEndpoints {
  inVpc(vpcId: string): readonly DatabaseEndpoint[];
}

export interface DatabaseEndpoint {
  /** Name of the database, for hints. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly securityGroupIds: string[];
  /** The address that clients let themselves out to; undefined for a database whose security group is in the account. */
  readonly address?: string | undefined;
  /** Takes the connection of a client that security groups let in. */
  accept(client: Socket): void;
}

/** Values that tasks read at their start (SSM parameters, Secrets Manager secrets). */
export interface Secrets {
  /** @param arn as in a container definition's `valueFrom`; undefined if there is no such value */
  value(arn: string): string | undefined;
}

/** The network and the credentials that a task's instance and role give to its process. */
export interface TaskEnvironments {
  open(task: TaskPlace): Promise<TaskEnvironment>;
}

export interface TaskPlace {
  taskId: string;
  instanceId: string;
  vpcId: string;
  subnetId: string;
  securityGroupIds: string[];
  /** Name of the task's service, for hints; undefined for a task that belongs to none. */
  service: string | undefined;
  taskRoleArn: string | undefined;
  /** The task's own network; undefined if it shares this machine's. */
  network: NetworkNamespace | undefined;
  /** Writes a line to the task's own log stream. */
  log(line: string): void;
}

/** What a network namespace of a task has: its address, and a port of its own 127.0.0.1 for the proxy. */
interface NetworkNamespace {
  /** Where connections from it come from. */
  readonly address: string;
  /** The port at which `acceptProxy` gets the connections. */
  readonly proxyPort: number;
  /** Takes a connection to the proxy. */
  acceptProxy: (socket: Socket) => void;
}

export interface TaskEnvironment {
  /** Variables for the process. */
  environment: Record<string, string>;
  /** Names that the task's own network has addresses for. */
  hosts: readonly [name: string, address: string][];
  /** Where servers are for a task that shares this machine's network. */
  routes: readonly ServerRoute[];
  /** Ends the task's proxy and its credentials; called when the task has ended. */
  close(): Promise<void>;
}

/** Where this machine has a server that AWS has at another name and port. */
export interface ServerRoute {
  host: string;
  port: number;
  /** On 127.0.0.1. */
  localPort: number;
}
