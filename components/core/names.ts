import { createHash } from "node:crypto";
import type { Account } from "./account";
import type { Colour } from "./colour-name";

// Every name in AWS that the program chooses itself. Where it chooses none, the engine makes a name of the resource's
// logical name, which has neither project nor stack in it.

const FINGERPRINT_LENGTH = 6;

/** What the names begin with. */
export type Owner = Pick<Account, "project" | "stack">;

/** The form of a kind of name. */
export interface NameForm {
  /** The kind of resource, for messages. */
  what: string;
  pattern: RegExp;
  maxLength: number;
}

/** The forms that AWS demands (aws-rules C34, K2, E3, Y1). */
export const FORMS = {
  cluster: { what: "ECS cluster", pattern: /^[\w-]+$/, maxLength: 255 },
  family: { what: "task definition", pattern: /^[\w-]+$/, maxLength: 255 },
  capacityProvider: { what: "capacity provider", pattern: /^(?!aws|ecs|fargate)[\w-]+$/i, maxLength: 255 },
  scheduleGroup: { what: "schedule group", pattern: /^[\w.-]+$/, maxLength: 64 },
  queue: { what: "SQS queue", pattern: /^[\w-]+$/, maxLength: 80 },
  repository: {
    what: "ECR repository",
    pattern: /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    maxLength: 256,
  },
  logGroup: { what: "log group", pattern: /^[\w./#-]+$/, maxLength: 512 },
  rolePath: { what: "path of the IAM roles", pattern: /^\/(?:[!-~]+\/)?$/, maxLength: 512 },
  targetGroup: { what: "target group", pattern: /^(?!-)[A-Za-z0-9-]+(?<!-)$/, maxLength: 32 },
} satisfies Record<string, NameForm>;

/**
 * Path of all IAM roles of a stack, such as `/aoshingo/prod/`. Policies name it to tell the roles that a deploy may
 * pass from all others.
 */
export function rolePath({ project, stack }: Owner): string {
  return `/${project}/${stack}/`;
}

/** Name of a colour's cluster, and of the family of its task definitions, such as `aoshingo-prod-users-blue`. */
export function clusterName(owner: Owner, service: string, colour: Colour): string {
  return `${namePrefix(owner)}${service}-${colour}`;
}

/** Family of the task definitions that run a colour's migrations. */
export function migrationFamily(cluster: string): string {
  return `${cluster}-migrate`;
}

/** Name of the stack's schedule group, such as `aoshingo-prod`. A job's schedule in it has the job's name. */
export function scheduleGroupName({ project, stack }: Owner): string {
  return `${project}-${stack}`;
}

/** Name of the rule that counts a job's failed runs. EventBridge takes 64 characters. */
export function jobRuleName({ project, stack }: Owner, service: string): string {
  return physicalName(`${JOB_RULE}${service}`, [project, stack, service], MAX_EVENT_RULE);
}

/** Name of the rule that tells the end of each run of a job. */
export function jobRunsRuleName({ project, stack }: Owner, service: string): string {
  return physicalName(`${JOB_RULE}runs-${service}`, [project, stack, service], MAX_EVENT_RULE);
}

/** Name of the log group with the ends of all jobs' runs. EventBridge's own log groups begin so. */
export function jobRunsLogGroupName({ project, stack }: Owner): string {
  return `/aws/events/${project}-${stack}-job-runs`;
}

const MAX_EVENT_RULE = 64;
/** What the names of these rules begin with. */
export const JOB_RULE = "job-";

/** Name of the alarm on a job's failed runs, such as `aoshingo-prod-report-failed`. */
export function jobAlarmName(owner: Owner, service: string): string {
  return `${namePrefix(owner)}${service}-failed`;
}

/** Name of the alarm on times at which no task of a job could be started. No service's name has a dot in it. */
export function missedAlarmName(owner: Owner): string {
  return `${namePrefix(owner)}jobs.missed`;
}

/**
 * Identifier of a database's instance, such as `aoshingo-prod-main-1a2b3c`: RDS takes lower-case letters, digits and single
 * hyphens, first a letter (aws-rules B1).
 */
export function databaseIdentifier({ project, stack }: Owner, database: string): string {
  const readable = inLowerCase(`${project}-${stack}-${database}`);
  return physicalName(/^[a-z]/.test(readable) ? readable : `db-${readable}`, [project, stack, database], MAX_DATABASE);
}

/** RDS takes 63 characters; the name of the final snapshot is longer. */
const MAX_DATABASE = 50;

/** Name of the function that makes databases' users. Lambda takes 64 characters (aws-rules L1). */
export function databaseFunctionName({ project, stack }: Owner): string {
  return physicalName(`${project}-${stack}-database-users`, [project, stack], MAX_FUNCTION);
}

const MAX_FUNCTION = 64;

/** Name of the function that looks at databases while migrations run. */
export function migrationObserverName({ project, stack }: Owner): string {
  return physicalName(`${project}-${stack}-migration-observer`, [project, stack], MAX_FUNCTION);
}

/** Name of the secret with the password that a service has in a database. */
export function databaseSecretName({ project, stack }: Owner, service: string, database: string): string {
  return `${project}/${stack}/${service}/${database}`;
}

/** Name of the log group of the function that makes databases' users. No service's name has a slash in it. */
export function databaseUsersLogGroupName(owner: Owner): string {
  return logGroupName(owner, "databases/users");
}

/** Name of a worker's queue, such as `aoshingo-prod-mailer`. */
export function queueName(owner: Owner, service: string): string {
  return `${namePrefix(owner)}${service}`;
}

/** Name of the queue for jobs that were received too often. */
export function deadLetterQueueName(owner: Owner, service: string): string {
  return `${queueName(owner, service)}${DEAD_LETTER}`;
}

/** Suffix of the name of a worker's dead-letter queue. */
export const DEAD_LETTER = "-dead-letter";

/** What the names of clusters, task definitions and queues begin with, such as `aoshingo-prod-`. */
export function namePrefix({ project, stack }: Owner): string {
  return `${project}-${stack}-`;
}

/** Name of a service's repository, such as `aoshingo/prod/users`. ECR takes no capitals. */
export function repositoryName(owner: Owner, service: string): string {
  return `${repositoryPath(owner)}/${service}`;
}

/** What the names of a stack's repositories begin with, without the last slash. */
export function repositoryPath({ project, stack }: Owner): string {
  return `${project}/${stack}`.toLowerCase();
}

/** Name of a service's log group, such as `/aoshingo/prod/users`. */
export function logGroupName({ project, stack }: Owner, service: string): string {
  return `/${project}/${stack}/${service}`;
}

/**
 * What the name of the log group of a service's sessions of ECS Exec begins with, such as `/aoshingo/prod-exec/users-`. It
 * is apart from the services' own, which a deploy may read.
 */
export function execLogGroupPrefix({ project, stack }: Owner, service: string): string {
  return `/${project}/${stack}-exec/${service}-`;
}

/** Name of the log group of the network's flow logs. No service's name has a slash in it. */
export function flowLogGroupName(owner: Owner): string {
  return logGroupName(owner, "network/flow");
}

/** Name of a colour's capacity provider. AWS refuses names that begin with aws, ecs or fargate, as a service's may. */
export function capacityProviderName({ project, stack }: Owner, kind: string, name: string): string {
  return physicalName(`${kind}-${name}`, [project, stack, name], MAX_CAPACITY_PROVIDER);
}

/** AWS takes 255; names that are read by people are better short. */
const MAX_CAPACITY_PROVIDER = 64;

/**
 * Name of a target group: as much of the readable part as fits, with a fingerprint of the identity.
 * @param identity what cannot change in place, and so needs a new name
 */
export function targetGroupName(readable: string, identity: readonly (string | number)[]): string {
  return physicalName(readable, identity, FORMS.targetGroup.maxLength);
}

/** A release's name in the name of a log stream, which takes no colon: one that is named by digest has one. */
export function releaseInStream(name: string): string {
  return name.replaceAll(":", "-");
}

/** A name in lower-case letters, digits and single hyphens, which every service of AWS takes. */
export function inLowerCase(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

/**
 * A name in AWS of at most `maxLength` characters: as much of `readable` as fits, then a fingerprint of `identity`,
 * everything that makes the resource what it is. Two resources never get the same name because their readable parts
 * were cut, and a resource that has to be replaced gets a new name, so that its successor can be created first.
 */
export function physicalName(readable: string, identity: readonly (string | number)[], maxLength: number): string {
  const fingerprint = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, FINGERPRINT_LENGTH);
  const head = readable.slice(0, maxLength - FINGERPRINT_LENGTH - 1).replace(/-+$/, "");
  return `${head}-${fingerprint}`;
}
