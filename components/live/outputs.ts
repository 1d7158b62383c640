import type * as pulumi from "@pulumi/pulumi";
import type { Colour } from "../core/colour-name";
import type { HostRoute } from "../settings/own-hosts";
import type { Exposure, Kind, Protocol } from "../settings/settings";
import type { Grants } from "./grants";
import type { ImmutableSettings } from "./immutable-settings";
import type { Infrastructure } from "./infrastructure";
import type { Live } from "./live";
import type { ProgramValues } from "./program-values";
import type { RulePriorities } from "./rule-priorities";

/** The infrastructure as the deploy script knows it: plain values that `readOutputs` reads from the stack's outputs. */
export interface StackOutputs {
  live: Live;
  region: string;
  /** `internal` is present once a service is exposed there. */
  edges: Partial<Record<Exposure, EdgeOutputs>>;
  services: Record<string, ServiceOutputs>;
  /** Records of services' own hosts; absent without any, and in outputs of older programs. */
  hostRecords?: HostRecordOutputs[];
  /** Where deploys keep their lease and journals; absent until the first `up` of a program that has it. */
  deployStore?: DeployStoreOutputs;
  /** Databases by name; absent without any, and in outputs of older programs. */
  databases?: Record<string, DatabaseOutputs>;
  /** What the releases may reach, by service and colour; absent in outputs of older programs. */
  grants?: Record<string, Record<Colour, Grants>>;
  /** What the last run applied; absent in outputs of older programs. */
  applied?: AppliedSettings;
  /** The settings of which a change would replace load balancers, zones or subnets; absent in outputs of older programs. */
  immutableSettings?: ImmutableSettings;
  /** Whether databases and buckets are protected; absent in outputs of older programs. */
  deletionProtection?: boolean;
}

/**
 * What the output `state` holds: `StackOutputs` without `live`, and what the program's next run compares its settings
 * with.
 */
export interface StackState extends Omit<StackOutputs, "live" | "applied"> {
  applied: AppliedSettings;
  immutableSettings: ImmutableSettings;
  /**
   * Names of the availability zones of the network that the stack makes, in the order of its subnets. Absent with an existing
   * network, and in outputs of older programs.
   */
  availabilityZones?: readonly string[];
  /** IDs of the public hosted zones of the domain and the further ones, by domain. Absent in outputs of older programs. */
  zoneIds?: Readonly<Record<string, string>>;
  deletionProtection: boolean;
  deployStore: DeployStoreOutputs;
  grants: Record<string, Record<Colour, Grants>>;
  /** The priorities of all listener rules. Older programs did not write them: the provider chose the numbers. */
  rulePriorities: RulePriorities;
}

/** Settings as the last run applied them. A deploy compares them, before it changes anything, with those that it is given. */
interface AppliedSettings {
  infrastructure: Infrastructure;
  /** Absent without any, and in outputs of older programs. */
  furtherDomains?: readonly string[];
  /** ARN of the role that deploys have in CI; absent without the setting. */
  deployRole?: string;
}

/**
 * The stack's outputs as the program writes them and `pulumi up` prints them. See
 * docs/decisions/outputs-for-people.md.
 */
export interface ProgramOutputs {
  live: Live;
  /** By service: what a person looks for. */
  services: Record<string, ServiceSummary>;
  /** By database; absent without any. */
  databases?: Record<string, DatabaseSummary>;
  /** ARNs of the roles that jobs on GitHub take; absent without the setting. */
  ci?: CiOutputs;
  /** `StackState` in one line; see stack-state.ts. */
  state: string;
}

/** One database in the output `databases`. */
export interface DatabaseSummary {
  host: string;
  /** ARN of the secret with the master user's password. */
  masterSecret: string;
}

/** A database, and the settings with which the last run left it. */
export type DatabaseOutputs = NewDatabaseOutputs | ExistingDatabaseOutputs;

/** One that is not the stack's own. */
export interface ExistingDatabaseOutputs {
  existing: {
    host: string;
    port: number;
    /** Its name in the server. */
    database: string;
    /** ARN of the secret with its master's password. Absent in outputs of older programs. */
    masterSecret?: string;
    /** The secret's key of AWS KMS; absent for AWS's own, and in outputs of older programs. */
    masterKey?: string;
  };
}

export interface NewDatabaseOutputs {
  /** Identifier of its instance in RDS. */
  identifier: string;
  /** RDS's own name of the instance: one that was restored has another one. Absent in outputs of older programs. */
  resourceId?: string;
  host: string;
  version: number;
  instanceClass: string;
  storageGiB: number;
  /** Absent in outputs of older programs. */
  multiZone?: boolean;
  /** Absent in outputs of older programs. */
  backupDays?: number;
}

/** One service in the output `services`. */
export interface ServiceSummary {
  /** `https://users.example.jp`, for a service on the public edge. */
  url?: string;
  /** `https://users-test.example.jp`: the idle colour. */
  testUrl?: string;
  /** Hosts of its own with the paths that it answers there, such as `https://example.jp/api/*`. */
  hosts?: string[];
  /** `https://users.internal.example.jp:4711`, for a service on the internal edge. */
  internalUrl?: string;
  /** Where images are pushed to. */
  repository: ServiceOutputs["repository"];
  /** Of a worker that has one. */
  queue?: NonNullable<ServiceOutputs["queue"]>;
  /** Where its sessions of ECS Exec are logged. */
  execLogGroup?: string;
}

/** The record of a host that services have of their own. */
export interface HostRecordOutputs {
  host: string;
  /** Route 53 zone ID. */
  zoneId: string;
  /** The service whose active colour it follows. */
  service: string;
}

interface DeployStoreOutputs {
  /** Name of the S3 bucket. */
  bucket: string;
}

export interface CiOutputs {
  deployRole: string;
  /** Role that can only read. */
  previewRole: string;
}

export interface EdgeOutputs {
  loadBalancers: Record<Colour, { arn: string; dnsName: string }>;
}

/**
 * The function in the network that can be asked to look at a service's database while a migration runs, and the names by which
 * it knows where that is. Outputs of older programs have host, user and secrets in place of the service: their function
 * asks for these.
 */
export interface MigrationDatabase {
  functionName: string;
  service: string;
  /** The database's name in the settings; of an older program, in the server. */
  database: string;
}

export interface ServiceOutputs {
  kind: Kind;
  /** By edge; empty for a worker and a job. */
  exposures: Partial<Record<Exposure, ExposureOutputs>>;
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`, and the repository's name. */
  repository: { url: string; name: string };
  logGroup: string;
  /** Log group of its sessions of ECS Exec; absent without. */
  execLogGroup?: string;
  /** True without such a log group if its clusters had one before; absent otherwise, and in outputs of older programs. */
  hadExec?: true;
  /** That of the settings, which both colours had by older programs. Null for a worker and a job. */
  healthCheckPath: string | null;
  /** What it speaks to the load balancers; absent for HTTP/1.1. */
  protocol?: Protocol;
  /** Where a migration is observed, of a service with a database; absent otherwise, and in outputs of older programs. */
  database?: MigrationDatabase;
  /** Null without a queue. `visibilityTimeoutSeconds` is absent in outputs of older programs. */
  queue: { url: string; deadLetterUrl: string; visibilityTimeoutSeconds?: number } | null;
  /** What the program passes to it besides its settings; absent without, and in outputs of older programs. */
  program?: ProgramValues;
  /** What starts a job, and where its tasks run; absent for other kinds. */
  job?: JobOutputs;
  colours: Record<Colour, ColourOutputs>;
}

export interface JobOutputs {
  /** Name of its schedule of EventBridge Scheduler, and of that one's group. */
  schedule: string;
  scheduleGroup: string;
  /** The network of its tasks. */
  subnetIds: string[];
  securityGroupId: string;
  /** Log group with the ends of all jobs' runs; absent until the first `up` of a program that writes it. */
  runsLog?: string;
}

/** The two names of a service on one edge. */
export interface ExposureOutputs {
  /** Such as `https://users.example.jp`; on the internal edge `https://users.internal.example.jp:4711`. */
  url: string;
  /** Such as `https://users-test.example.jp`; on the internal edge `https://users-test.internal.example.jp:4711`. */
  testUrl: string;
  /** Route 53 zone ID of both names. */
  zoneId: string;
  /** ARN of the production name's rule by load balancer; absent until the first `up` of a program that writes it. */
  productionRules?: Record<Colour, string>;
  /** Hosts of its own; absent without any. */
  hosts?: HostOutputs[];
}

/** One host and path of a service's own. */
interface HostOutputs extends HostRoute {
  /** ARN of its rule by load balancer. */
  rules: Record<Colour, string>;
  /** The active colour's health path on this host; null where this rule does not get it. */
  healthCheckUrl: string | null;
}

export interface ColourOutputs {
  cluster: string;
  /** Name of the ECS service; null before the service's first release, and of a job. */
  ecsService: string | null;
  /** Empty for a job, which has no instances. */
  autoScalingGroup: string;
  /** ARN of the newest task definition revision, which the ECS service or the job's schedule runs; null before the service's first release. */
  taskDefinition: string | null;
  /** ARN of the task definition revision that runs the migration; null before the service's first release, or without `migrate`. */
  migrationTaskDefinition: string | null;
  /**
   * Whether ECS drains the instances before they end. Absent in outputs of older programs, by which only a worker's were
   * drained.
   */
  isDrainedByEcs?: boolean;
  /**
   * Whether the group got one number as its minimum, maximum and desired number: it has nothing that the load has made of it.
   * False at size 0, and where a number has replaced a range since. Absent in outputs of older programs, which nobody knows it of.
   */
  hasFixedSize?: boolean;
  /**
   * The highest minimum that a schedule may have given the group since its size was set, although the settings have another schedule by now, or none; 0
   * without. Absent in outputs of older programs.
   */
  scheduledMinimum?: number;
  /**
   * What its targets are asked for: the path of its release. Absent for a worker and a job, and in outputs of older programs:
   * `askedPath` reads both.
   */
  healthCheckPath?: string;
  /** Empty for a worker and a job. With `cutover: dns` a colour has only the target groups of its own load balancers. */
  targetGroups: TargetGroupOutputs[];
}

export interface TargetGroupOutputs {
  edge: Exposure;
  /** Colour of the load balancer that the target group belongs to. */
  loadBalancer: Colour;
  loadBalancerArn: string;
  arn: string;
}

/** The same shape while the program runs, when any value may still be unknown. */
export type Wrapped<T> = pulumi.Input<T extends object ? { [K in keyof T]: Wrapped<T[K]> } : T>;
