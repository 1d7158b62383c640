import type { TargetFailure } from "../data-plane/load-balancer/types";

/** What the parts of the cloud ask of each other. Each is implemented by the class of the same noun in this folder. */

/** Who may talk to whom: routes and security groups (aws-rules E7, E9, C10, C13, N4, N10). */
export interface Reachability {
  /** True if packets from a member of `fromGroups` (or from anywhere: "internet") reach a member of `toGroups` on a TCP port. */
  allows(fromGroups: string[] | "internet", toGroups: string[], port: number): boolean;
  /** How a subnet reaches the internet, following its route table, the NAT's own subnet and the gateway's attachment; null if it does not. */
  internetRoute(subnetId: string): "internet-gateway" | "nat-gateway" | null;
  /** True if an instance in the subnet with these groups can open port 443 to an AWS service (`ecs`, `ecr.api`, `ecr.dkr`, `logs`, `s3`): by the internet route and egress, or by endpoints. Else why not, in one line. */
  reachesService(subnetId: string, groupIds: string[], service: string): { ok: true } | { ok: false; reason: string };
  subnet(subnetId: string): { id: string; vpcId: string; availabilityZone: string; cidrBlock: string };
}

/** What a role may do: explicit allows and denies in inline and attached policies, with wildcards. */
export interface Permissions {
  /** @param resource ARN; "*" asks for any */
  allows(roleName: string, action: string, resource: string): boolean;
  /** True if the role's trust policy lets that service principal assume it, such as `ec2.amazonaws.com` (I5). */
  trusts(roleName: string, servicePrincipal: string): boolean;
  /** Role name in an instance profile given by name or ARN; undefined if there is no such profile. */
  roleOfProfile(profile: string): string | undefined;
  roleNameOfArn(arn: string): string | undefined;
}

export interface Certificates {
  /** Undefined unless issued (E11, M1). PEM. */
  issued(arn: string): { certificate: string; privateKey: string; hostNames: string[] } | undefined;
  exists(arn: string): boolean;
  /** Called by Elb: who uses a certificate (M5). */
  setInUse(arn: string, user: string, inUse: boolean): void;
  /** PEM of the rehearsal's own authority, which signs every certificate. */
  readonly authority: string;
}

/** An image in the registry: what a manifest says that a rehearsal can run. */
export interface Image {
  /** `sha256:<64 hex>` of the manifest's bytes. */
  digest: string;
  tags: string[];
  /** Repository name. */
  repository: string;
  config: { command: string[]; workingDirectory: string; environment: Record<string, string> };
}

export interface Images {
  /** @param reference `<registry>/<repository>@sha256:...` or `<registry>/<repository>:tag`; undefined if it does not exist */
  find(reference: string): Image | undefined;
}

/** Log groups: one file each (C18, W1). */
export interface Logs {
  exists(logGroup: string): boolean;
  /** Appends one line of a task's output. */
  append(logGroup: string, stream: string, line: string): void;
}

export interface RecordsInZone {
  /** Values of a record as the public DNS answers it now, for ACM's validation (M1); undefined if there is none. */
  publicRecord(name: string, type: string): string[] | undefined;
}

/** What Auto Scaling and ECS do to load balancing, and ask of it. */
export interface TargetRegistry {
  targetGroup(arn: string): { arn: string; name: string; port: number; vpcId: string; targetType: string } | undefined;
  register(targetGroupArn: string, instance: RegisteredInstance): void;
  /** Starts draining; resolves when it is done: the deregistration delay is over, or nothing is in flight (E37). */
  deregister(targetGroupArn: string, instanceId: string): Promise<void>;
  /** Health of every target that is registered or draining. */
  health(targetGroupArn: string): { targetId: string; state: string; reason: string; description: string }[];
  /** Called with each change of `health`. Returns the unsubscribe function. */
  onHealth(listener: (targetGroupArn: string) => void): () => void;
  /** Where something listens for an instance's host port now, and how it fails; null when it stopped. */
  setEndpoint(
    instanceId: string,
    hostPort: number,
    endpoint: { address: string; port: number; failure?: TargetFailure | null } | null,
  ): void;
}

export interface RegisteredInstance {
  instanceId: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  securityGroupIds: string[];
}

/** Values that tasks read at their start (SSM parameters, Secrets Manager secrets). */
export interface Secrets {
  /** @param arn as in a container definition's `valueFrom`; undefined if there is no such value */
  value(arn: string): string | undefined;
}

/** What a task's process is told of the network and the credentials that its instance and role give it. */
export interface TaskEnvironments {
  open(task: TaskPlace): Promise<TaskEnvironment>;
}

export interface TaskPlace {
  taskId: string;
  instanceId: string;
  vpcId: string;
  subnetId: string;
  securityGroupIds: string[];
  /** The name of the service that it belongs to, for hints; undefined for one that is not of a service. */
  service: string | undefined;
  taskRoleArn: string | undefined;
  /** Writes a line to the task's own log stream. */
  log(line: string): void;
}

export interface TaskEnvironment {
  /** Variables for the process. */
  environment: Record<string, string>;
  /** The task has ended: its proxy and its credentials end too. */
  close(): Promise<void>;
}
