import { type ArnParts, regionalArn } from "../core/arn";
import type { Owner } from "../core/names";
import type { CiSettings, Settings } from "../settings/settings";

/** The account and stack that the ARNs of the policies are in. */
export type KnownAccount = ArnParts & Owner;

/** What the ARNs in the policies of one stack's CI roles are made of. */
export interface RightsArgs {
  account: KnownAccount;
  /** Path of all roles of the stack, such as `/aoshingo/prod/`. */
  rolePath: string;
  /** IDs of the hosted zones that hold the services' names. */
  zoneIds: readonly string[];
  /** Domain that all other names of services are below. */
  domain: string;
  /** Hosts of services' own. */
  hosts: readonly string[];
  /** Names of the buckets that the program declares. */
  buckets: readonly string[];
  /** Name of the bucket with the deploys' lease and journals. */
  deployStore: string;
  providerArn: string;
  /** The stack has services of kind job. */
  hasJobs: boolean;
  /** ARN of the public load balancers' web ACL. */
  webAcl: string | undefined;
  /** ARNs of repositories besides the stack's own that sidecars' images are pulled from. */
  pulls: readonly string[];
  /** Where a deploy sends notifications. */
  notify: Settings["notify"];
  /** Its value is in listener rules, so that every run of the program reads it. */
  testHeader: Settings["testHeader"];
  /** Whether a deploy tells tasks to end before their instance has left the load balancers: for services with streams. */
  drainsTasks: boolean;
  /** A service has ECS Exec, and with it a log group for its sessions. */
  hasExec: boolean;
  /** The stack has databases. */
  hasDatabases: boolean;
}

export interface Statement {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** For actions that take no resource, or whose answer covers all resources. */
export const ALL = "*";

export function allow(
  Sid: string,
  Resource: Statement["Resource"],
  Action: string[],
  Condition?: Statement["Condition"],
): Statement {
  return { Sid, Effect: "Allow", Action, Resource, ...(Condition ? { Condition } : {}) };
}

/** Returns the statements that a setting adds to a role, as `Tests1` and so on. @param name what their names begin with */
export function givenStatements(name: string, statements: CiSettings["iam"] = []): Statement[] {
  return statements.map(({ actions, resources }, place) => allow(`${name}${place + 1}`, [...resources], [...actions]));
}

/** Makes ARNs of this account in the stack's region. */
export function arns(account: KnownAccount) {
  return (service: string, resource: string) => regionalArn(account, service, resource);
}

export function zoneArn({ partition }: KnownAccount) {
  return (zoneId: string) => `arn:${partition}:route53:::hostedzone/${zoneId}`;
}
