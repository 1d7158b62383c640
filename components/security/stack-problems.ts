import { regionalArn } from "../core/arn";
import { mapValues } from "../core/map-values";
import {
  clusterName,
  execLogGroupPrefix,
  logGroupName,
  type Owner,
  queueName,
  repositoryName,
  rolePath,
} from "../core/names";
import { partitionOf } from "../core/partition";
import { pulledFrom } from "../live/sidecars";
import { anyDrainsTasks } from "../settings/drains-tasks";
import { recordOwners } from "../settings/own-hosts";
import { problem } from "../settings/problem";
import { existingOnes, type ServiceSettings, type Settings } from "../settings/settings";
import { stackNameProblems } from "../settings/stack-names";
import { ciPolicies } from "./ci-policy";
import type { KnownAccount } from "./ci-statement";
import { type CiUse, GITHUB_ISSUER, trustPolicy } from "./ci-trust";
import { policyDocument } from "./policy-document";
import { servicePolicies } from "./service-policies";

/** Characters of all inline policies of a role together; white space does not count (aws-rules I2). */
const MAX_POLICY_CHARACTERS = 10_240;
/** Characters of a role's trust policy (aws-rules I4). */
const MAX_TRUST_CHARACTERS = 2_048;
/** During a deploy a role holds what both colours need, and these may have nothing in common. */
const COLOURS_AT_ONCE = 2;
/** Values that only AWS knows, each as long as it can be: account, hosted zone, the end of a secret's or bucket's name. */
const ACCOUNT_ID = "0".repeat(12);
const ZONE_ID = "Z".repeat(32);
const SECRET_END = "-000000";
const LOG_GROUP_END = "0".repeat(26);
const BUCKETS = ["access-logs-bucket-0000000", "deploy-store-bucket-0000000"];

/**
 * Problems of settings that only show with the names of project, stack and region: names that AWS refuses, what is
 * in another region, and more policies than a role holds. One line each. The program checks them before it declares anything, because AWS would
 * refuse when other resources exist already.
 */
export function stackProblems(owner: Owner, region: string, settings: Settings): string[] {
  const account = { ...owner, region, partition: partitionOf(region), id: ACCOUNT_ID };
  return [
    ...stackNameProblems(owner, settings.services),
    ...regionProblems(region, settings),
    ...ciProblems(account, settings),
    ...Object.keys(settings.services).flatMap((name) => serviceProblems(account, settings, name)),
  ];
}

/**
 * Settings that name something of another region, where its users in the stack do not find it: a web ACL has to be in the region of
 * its load balancers (aws-rules E63).
 */
function regionProblems(region: string, { webAcl, databases }: Settings): string[] {
  const isElsewhere = (name: string | undefined) => name?.startsWith("arn:") && name.split(":")[3] !== region;
  return [
    ...(isElsewhere(webAcl)
      ? [problem(["webAcl"], webAcl, `the ARN of a web ACL in ${region}, the region of the load balancers`)]
      : []),
    ...Object.entries(existingOnes(databases)).flatMap(([name, { secret }]) => {
      const wanted = `the name or ARN of a secret in ${region}, the region of the function that reads it`;
      return isElsewhere(secret) ? [problem(["databases", name, "existing", "secret"], secret, wanted)] : [];
    }),
  ];
}

function ciProblems(account: KnownAccount, settings: Settings): string[] {
  const { ci, domain, furtherDomains, notify, testHeader, webAcl, services } = settings;
  if (!ci) return [];
  const providerArn = `arn:${account.partition}:iam::${account.id}:oidc-provider/${GITHUB_ISSUER}`;
  const hasPrivateZone = Object.values(services).some(({ exposure }) => exposure.includes("internal"));
  const policies = ciPolicies(
    {
      account,
      rolePath: rolePath(account),
      zoneIds: [domain, ...furtherDomains, ...(hasPrivateZone ? ["internal"] : [])].map(() => ZONE_ID),
      domain,
      hosts: Object.keys(recordOwners(services)),
      buckets: BUCKETS,
      deployStore: BUCKETS[1]!,
      providerArn,
      hasJobs: Object.values(services).some(({ kind }) => kind === "job"),
      webAcl,
      pulls: Object.values(services).flatMap(({ sidecars }) => pullsOf(sidecars)),
      notify,
      testHeader,
      drainsTasks: anyDrainsTasks(settings),
      hasExec: Object.values(services).some(({ exec }) => exec),
      hasDatabases: Object.keys(settings.databases).length > 0,
    },
    ci,
  );
  return [
    ...roleProblem("deploy", policies.deploy, { setting: "ci.iam", own: ci.iam, or: ", or fewer places in notify" }),
    ...roleProblem("preview", policies.preview, { setting: "ci.previewIam", own: ci.previewIam ?? [] }),
    ...(["deploy", "preview"] as const).flatMap((use) => {
      const trust = trustPolicy(providerArn, use, ci, ci.environment ?? account.stack);
      return trustProblem(use, JSON.stringify(trust).length);
    }),
  ];
}

function trustProblem(use: CiUse, characters: number): string[] {
  if (characters <= MAX_TRUST_CHARACTERS) return [];
  const shorter =
    use === "deploy" ? "fewer or shorter ci.deployRefs, with * for what differs, or" : "a shorter ci.branch or";
  return [
    `aoshingo:ci: the ${use} role would have a trust policy of ${characters} characters, wanted at most ${MAX_TRUST_CHARACTERS}: take ${shorter} ci.environment`,
  ];
}

interface OwnStatements {
  /** The setting that adds them to the role. */
  setting: string;
  own: readonly unknown[];
  /** What else makes the role smaller. */
  or?: string;
}

function roleProblem(role: string, policies: Policies, { setting, own, or = "" }: OwnStatements): string[] {
  const size = sizeOf(policies);
  if (size <= MAX_POLICY_CHARACTERS) return [];
  return [
    `aoshingo:${setting}: the ${role} role would have ${size} characters of policies (${sizeOf({ own })} by ${setting}), wanted at most ${MAX_POLICY_CHARACTERS}, which is what a role holds: name fewer actions and resources in ${setting}${or}`,
  ];
}

function serviceProblems(account: KnownAccount, { services }: Settings, name: string): string[] {
  const { iam, secrets, sends, queue, sidecars, exec } = services[name]!;
  const twice = <Item>(items: readonly Item[]) => Array.from({ length: COLOURS_AT_ONCE }, () => items).flat();
  const references = [secrets, ...Object.values(sidecars).map((sidecar) => sidecar.secrets)].flatMap(
    Object.values<string>,
  );
  const secretArns = references.map((reference, place) =>
    regionalArn(account, "secretsmanager", `secret:${reference.replace(/^\w+:/, "")}${SECRET_END}${place}`),
  );
  const policies = servicePolicies({
    account,
    clusterNames: [clusterName(account, name, "blue"), clusterName(account, name, "green")],
    repositoryArn: regionalArn(account, "ecr", `repository/${repositoryName(account, name)}`),
    logGroupArn: regionalArn(account, "logs", `log-group:${logGroupName(account, name)}`),
    execLogGroupArn: exec
      ? regionalArn(account, "logs", `log-group:${execLogGroupPrefix(account, name)}${LOG_GROUP_END}`)
      : undefined,
    queueArn: queue ? regionalArn(account, "sqs", queueName(account, name)) : undefined,
    receiverArns: twice(sends.map((worker) => regionalArn(account, "sqs", queueName(account, worker)))),
    pulls: pullsOf(sidecars),
    secretArns: [...secretArns, ...secretArns.map((arn) => `${arn}-`)],
    iam: twice(iam),
  });
  const tooLong = (role: string, size: number, remedy: string) =>
    size <= MAX_POLICY_CHARACTERS
      ? []
      : [
          `aoshingo:services.${name}: its ${role} role would have ${size} characters of policies when both colours differ, wanted at most ${MAX_POLICY_CHARACTERS}, which is what a role holds: ${remedy}`,
        ];
  return [
    ...tooLong("execution", sizeOf(policies.execution), "name fewer secrets, or fewer repositories of sidecars"),
    ...tooLong("task", sizeOf(policies.task), "name fewer actions and resources in iam, or fewer workers in sends"),
  ];
}

function pullsOf(sidecars: ServiceSettings["sidecars"]): string[] {
  return pulledFrom(mapValues(sidecars, ({ image }) => ({ from: image })));
}

type Policies = Readonly<Record<string, readonly unknown[]>>;

function sizeOf(policies: Policies): number {
  return Object.values(policies)
    .filter((statements) => statements.length > 0)
    .reduce((sum, statements) => sum + JSON.stringify(policyDocument(statements)).replace(/\s/g, "").length, 0);
}
