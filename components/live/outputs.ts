import type * as pulumi from "@pulumi/pulumi";
import type { Colour } from "../core/colour-name";
import type { Grants } from "../security/grants";
import type { Exposure } from "../settings/settings";
import type { ImmutableSettings } from "./immutable-settings";
import type { Live } from "./live";

/** The stack's outputs: all that the deploy script knows of the infrastructure. Plain values once read from the stack. */
export interface StackOutputs {
  live: Live;
  region: string;
  /** `internal` exists once a service is exposed there. */
  edges: Partial<Record<Exposure, EdgeOutputs>>;
  services: Record<string, ServiceOutputs>;
  /** Where deploys keep their lease and journals; absent until the first `up` of a program that has it. */
  deployStore?: DeployStoreOutputs;
}

/** Those of the program: with what a run wants to know of the one before. */
export interface ProgramOutputs extends StackOutputs {
  foundation: ImmutableSettings;
  deletionProtection: boolean;
  deployStore: DeployStoreOutputs;
  /** ARNs of the roles that jobs on GitHub take; absent without the setting. */
  ci?: CiOutputs;
  /** By service and colour. */
  grants: Record<string, Record<Colour, Grants>>;
}

interface DeployStoreOutputs {
  /** The bucket's name. */
  bucket: string;
}

export interface CiOutputs {
  deployRole: string;
  /** Only reads. */
  previewRole: string;
}

export interface EdgeOutputs {
  loadBalancers: Record<Colour, { arn: string; dnsName: string }>;
}

export interface ServiceOutputs {
  kind: "api" | "worker";
  /** By edge; empty for a worker. */
  exposures: Partial<Record<Exposure, ExposureOutputs>>;
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>` and the repository's name. */
  repository: { url: string; name: string };
  logGroup: string;
  /** Null for a worker. */
  healthCheckPath: string | null;
  /** Null where there is none. */
  queue: { url: string; deadLetterUrl: string } | null;
  colours: Record<Colour, ColourOutputs>;
}

/** A service's two names on one edge. */
export interface ExposureOutputs {
  /** `https://users.example.jp`; internally `https://users.internal.example.jp:4711` */
  url: string;
  /** `https://users-test.example.jp`; internally `https://users-test.internal.example.jp:4711` */
  testUrl: string;
  /** Route 53 zone id of both names. */
  zoneId: string;
  /** ARN of the production name's rule by load balancer; absent until the first `up` of a program that has it. */
  productionRules?: Record<Colour, string>;
}

export interface ColourOutputs {
  cluster: string;
  /** Name of the ECS service; null while the colour never had a release. */
  ecsService: string | null;
  autoScalingGroup: string;
  /** ARN of the task definition revision that the ECS service runs; null without a release. */
  taskDefinition: string | null;
  /** ARN of the revision that runs the migration; null without a release or without `migrate`. */
  migrationTaskDefinition: string | null;
  /** Empty for a worker. With `cutover: dns` a colour has only those of its own load balancers. */
  targetGroups: TargetGroupOutputs[];
}

export interface TargetGroupOutputs {
  edge: Exposure;
  /** The load balancer that the group belongs to, by its colour. */
  loadBalancer: Colour;
  loadBalancerArn: string;
  arn: string;
}

/** The same shape as the program has it while it runs: any value may still be to come. */
export type Wrapped<T> = pulumi.Input<T extends object ? { [K in keyof T]: Wrapped<T[K]> } : T>;
