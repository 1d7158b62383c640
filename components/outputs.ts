import type * as pulumi from "@pulumi/pulumi";
import type { Colour } from "./colour-name";
import type { Live } from "./live";

/** The stack's outputs: all that the deploy script knows of the infrastructure. Plain values once read from the stack. */
export interface StackOutputs {
  live: Live;
  region: string;
  edges: Record<string, EdgeOutputs>;
  services: Record<string, ServiceOutputs>;
}

export interface EdgeOutputs {
  loadBalancers: Record<Colour, { arn: string; dnsName: string }>;
}

export interface ServiceOutputs {
  /** Name of the edge that its production name is on, such as `public`. */
  edge: string;
  /** `https://users.example.jp` */
  url: string;
  /** `https://users-test.example.jp` */
  testUrl: string;
  /** `route53` zone id of both names. */
  zoneId: string;
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>` and the repository's name. */
  repository: { url: string; name: string };
  healthCheckPath: string;
  colours: Record<Colour, ColourOutputs>;
}

export interface ColourOutputs {
  cluster: string;
  /** Name of the ECS service; null while the colour never had a release. */
  ecsService: string | null;
  autoScalingGroup: string;
  /** ARN of the task definition revision that the ECS service runs; null without a release. */
  taskDefinition: string | null;
  /** ARN by the load balancer (its colour) that the group belongs to; with `cutover: dns` a colour has only its own. */
  targetGroups: Partial<Record<Colour, string>>;
}

/** The same shape as the program has it while it runs: any value may still be to come. */
export type Wrapped<T> = pulumi.Input<T extends object ? { [K in keyof T]: Wrapped<T[K]> } : T>;
