import type { AwsError } from "../kernel/aws-error";

/** What another resource is, as far as references to it are checked. */
export interface Referred {
  /** Its network; undefined for a resource that is in none. */
  vpcId?: string | undefined;
}

/** Finds a resource by the value that names it. */
type Finder = (value: string) => Referred | undefined;

type Kind =
  | "autoScalingGroup"
  | "bucket"
  | "databaseParameterGroup"
  | "databaseSubnetGroup"
  | "capacityProvider"
  | "certificate"
  | "cluster"
  | "elasticAddress"
  | "function"
  | "hostedZone"
  | "instanceProfile"
  | "internetGateway"
  | "launchTemplate"
  | "listener"
  | "loadBalancer"
  | "managedPolicy"
  | "natGateway"
  | "prefixList"
  | "queue"
  | "repository"
  | "role"
  | "roleArn"
  | "routeTable"
  | "scheduleGroup"
  | "securityGroup"
  | "subnet"
  | "targetGroup"
  | "taskDefinition"
  | "vpc"
  | "webAcl";
export type Finders = Readonly<Record<Kind, Finder>>;

/** What the references that are inside of a value are read with. */
export interface Look {
  accountId: string;
  /** Returns the newest version of a launch template, by id or name. */
  template(idOrName: string): { instanceProfile?: string | undefined; securityGroupIds: string[] } | undefined;
}

/** One argument that names another resource. */
export interface Reference {
  /** Path of the argument; through lists, too. */
  argument: string;
  kind: Kind;
  /** AWS's refusal of a value that names nothing. */
  missing: (value: string) => AwsError;
  /**
   * AWS's refusal of a resource in another network than the references before it in the list. A reference without it
   * only has to exist.
   * @param vpcId the network of the references before it
   * @param owner value of the first reference with a network
   */
  elsewhere?: (value: string, vpcId: string, owner: string) => AwsError;
  /** Gives the values out of the argument's own; by default the argument is the value. */
  valuesOf?: (argument: string, look: Look) => string[];
}

/** References by the token of the resource type. */
export type ReferenceTable = Readonly<Record<string, readonly Reference[]>>;
