import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { iamArn } from "../core/arn";
import { durationSeconds } from "../core/duration";
import { rolePath } from "../core/names";
import type { Tags } from "../core/tags";
import type { CiOutputs, Wrapped } from "../live/outputs";
import type { CiSettings, Settings } from "../settings/settings";
import { ciPolicies } from "./ci-policy";
import type { Statement } from "./ci-statement";
import { AUDIENCE, type CiUse, GITHUB_ISSUER, trustPolicy } from "./ci-trust";
import { policyDocument } from "./policy-document";

const HOUR = 3_600;
/** Longest session of the deploy role, in hours: what the workflows ask for, and the most that IAM allows. */
const DEPLOY_SESSION_HOURS = { least: 4, most: 12 };
/** A deploy takes so long at most, in seconds, besides the waits that the settings ask for: instances, migrations, tests and the way back are in it. */
const WORK_SECONDS = 2 * HOUR;

export interface DeployerArgs {
  account: Account;
  ci: CiSettings;
  /** Domain, hosts, zones, buckets, `drainsTasks` and `hasExec` are those of `RightsArgs`. */
  domain: string;
  hosts: readonly string[];
  /** The stack has services of kind job. */
  hasJobs: boolean;
  zoneIds: readonly pulumi.Input<string>[];
  buckets: readonly pulumi.Input<string>[];
  deployStore: pulumi.Input<string>;
  webAcl: string | undefined;
  pulls: readonly string[];
  notify: Settings["notify"];
  testHeader: Settings["testHeader"];
  drainsTasks: boolean;
  hasExec: boolean;
  /** The stack has databases. */
  hasDatabases: boolean;
  /** How deploys go. */
  deploy: Settings["deploy"];
  /** Whether a deploy runs the program. */
  isDeploy: boolean;
  tags: Tags;
}

/**
 * Rights of CI on GitHub: the account's trust in GitHub's tokens (OpenID Connect, so that no key is kept anywhere), a
 * role for deploys, which only jobs in one GitHub environment, of one branch or of the refs in the settings, may take, and a role that only reads, for previews of
 * pull requests and the nightly check for drift.
 *
 * The deploy role changes what runs; it creates and deletes no infrastructure: see `deployStatements`.
 *
 * Cost: none.
 */
export class Deployer extends pulumi.ComponentResource {
  readonly outputs: Wrapped<CiOutputs>;

  constructor(name: string, args: DeployerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:deployer:Deployer", name, {}, opts);

    const providerArn = createProvider(this, name, args);
    const policies = policiesOf(args, providerArn);
    const deployRole = createRole(this, name, "deploy", providerArn, args);
    const previewRole = createRole(this, name, "preview", providerArn, args);
    for (const end of ["read", "change"] as const)
      createPolicy(this, `${name}-deploy-${end}`, deployRole, policies.deploy[end]);
    createPolicy(this, `${name}-preview-read`, previewRole, policies.preview.read);

    this.outputs = { deployRole: deployRole.arn, previewRole: previewRole.arn };
    this.registerOutputs(this.outputs);
  }
}

/**
 * ARN of the OIDC provider for GitHub's issuer. An account has one for each issuer (aws-rules I9): where another stack
 * created it, this stack only names it. It stays in the account when the stack that created it is destroyed.
 */
function createProvider(parent: Deployer, name: string, { account, ci, tags }: DeployerArgs): pulumi.Output<string> {
  if (ci.provider === "existing")
    return account.id.apply((id) => iamArn({ ...account, id }, `oidc-provider/${GITHUB_ISSUER}`));
  return new aws.iam.OpenIdConnectProvider(
    `${name}-github`,
    { url: `https://${GITHUB_ISSUER}`, clientIdLists: [AUDIENCE], tags },
    // Other stacks' roles trust it, too: without it none of their jobs could deploy, or roll back.
    { parent, retainOnDelete: true },
  ).arn;
}

function createRole(
  parent: Deployer,
  name: string,
  use: CiUse,
  providerArn: pulumi.Output<string>,
  { account, ci, deploy, isDeploy, tags }: DeployerArgs,
): aws.iam.Role {
  const trust = trustPolicy(providerArn, use, ci, ci.environment ?? account.stack);
  return new aws.iam.Role(
    `${name}-${use}`,
    {
      path: rolePath(account),
      description: `${use === "deploy" ? "Deploys" : "Previews"} of ${account.project} ${account.stack} by GitHub`,
      assumeRolePolicy: pulumi.jsonStringify(trust),
      ...(use === "deploy" ? { maxSessionDuration: deploySessionSeconds(deploy) } : {}),
      tags,
    },
    // A run may not change its own role. One whose session is too short for it says so before it changes anything.
    { parent, ignoreChanges: isDeploy ? ["maxSessionDuration"] : [] },
  );
}

/**
 * Returns how long a session of the deploy role may be, in whole hours: as long as the longest deploy by the settings, which would lose its
 * rights half-way with a shorter one. Previews get IAM's default of one hour.
 */
export function deploySessionSeconds(deploy: Settings["deploy"]): number {
  const { approveWithin, ramp, rampPauseSeconds, bakeSeconds, drainSeconds, drainCapSeconds } = deploy;
  const waits = [
    durationSeconds(approveWithin)!,
    ramp.length * rampPauseSeconds,
    bakeSeconds,
    Math.max(drainSeconds, drainCapSeconds),
  ];
  const hours = Math.ceil(waits.reduce((sum, seconds) => sum + seconds, WORK_SECONDS) / HOUR);
  const { least, most } = DEPLOY_SESSION_HOURS;
  return Math.min(most, Math.max(least, hours)) * HOUR;
}

function policiesOf(args: DeployerArgs, providerArn: pulumi.Output<string>) {
  const { account, ci, domain, hasJobs, hosts, notify, testHeader, webAcl, pulls, zoneIds, buckets } = args;
  const { deployStore, drainsTasks, hasExec, hasDatabases } = args;
  return pulumi
    .all([account.id, pulumi.all([...zoneIds]), pulumi.all([...buckets]), deployStore, providerArn])
    .apply(([id, zones, names, store, provider]) =>
      ciPolicies(
        {
          account: { ...account, id },
          rolePath: rolePath(account),
          zoneIds: zones,
          domain,
          hosts,
          buckets: names,
          deployStore: store,
          providerArn: provider,
          hasJobs,
          webAcl,
          pulls,
          notify,
          testHeader,
          drainsTasks,
          hasExec,
          hasDatabases,
        },
        ci,
      ),
    );
}

function createPolicy(
  parent: Deployer,
  name: string,
  role: aws.iam.Role,
  statements: pulumi.Output<readonly Statement[]>,
): void {
  const policy = statements.apply((known) => JSON.stringify(policyDocument(known)));
  new aws.iam.RolePolicy(name, { role: role.name, policy }, { parent });
}
