import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { rolePath } from "../core/role-path";
import type { Tags } from "../core/tags";
import type { CiOutputs, Wrapped } from "../live/outputs";
import type { CiSettings } from "../settings/settings";
import { deployStatements, type RightsArgs, readStatements, readsFor, stateStatements } from "./ci-policy";
import { AUDIENCE, type CiUse, GITHUB_ISSUER, subjects, trustPolicy } from "./ci-trust";

/**
 * Longer than the longest deploy, which would lose its rights half way with a shorter session. Previews get IAM's
 * default of one hour.
 */
const DEPLOY_SESSION_SECONDS = 4 * 3600;

export interface DeployerArgs extends Omit<RightsArgs, "rolePath" | "providerArn"> {
  ci: CiSettings;
  tags: Tags;
}

/**
 * Rights of CI on GitHub: the account's trust in GitHub's tokens (OpenID Connect, so that no key is kept anywhere), a
 * role for deploys, which only jobs in one GitHub environment may take, and a role that only reads, for previews of
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

    const { account, ci } = args;
    const providerArn = createProvider(this, name, args);
    const rights: RightsArgs = { ...args, rolePath: rolePath(account), providerArn };
    const reading = readStatements(rights);
    const deployRole = createRole(this, name, "deploy", providerArn, args);
    const previewRole = createRole(this, name, "preview", providerArn, args);
    // Separate policies, because a role's inline policies have 10,240 characters in all, and because a policy's name
    // shows what is wrong.
    createPolicy(this, `${name}-deploy-read`, deployRole, readsFor("deploy", reading));
    createPolicy(this, `${name}-deploy-change`, deployRole, [
      ...deployStatements(rights, ci),
      ...stateStatements("write", account, ci),
    ]);
    createPolicy(this, `${name}-preview-read`, previewRole, [
      ...readsFor("preview", reading),
      ...stateStatements("read", account, ci),
    ]);

    this.outputs = { deployRole: deployRole.arn, previewRole: previewRole.arn };
    this.registerOutputs(this.outputs);
  }
}

/**
 * ARN of the OIDC provider for GitHub's issuer. An account has one for each issuer: where another stack created it,
 * this stack only names it.
 */
function createProvider(parent: Deployer, name: string, { account, ci, tags }: DeployerArgs): pulumi.Output<string> {
  if (ci.provider === "existing") return pulumi.interpolate`arn:aws:iam::${account.id}:oidc-provider/${GITHUB_ISSUER}`;
  return new aws.iam.OpenIdConnectProvider(
    `${name}-github`,
    { url: `https://${GITHUB_ISSUER}`, clientIdLists: [AUDIENCE], tags },
    { parent },
  ).arn;
}

function createRole(
  parent: Deployer,
  name: string,
  use: CiUse,
  providerArn: pulumi.Output<string>,
  { account, ci, tags }: DeployerArgs,
): aws.iam.Role {
  const allowed = subjects(use, ci, ci.environment ?? account.stack);
  return new aws.iam.Role(
    `${name}-${use}`,
    {
      path: rolePath(account),
      description: `${use === "deploy" ? "Deploys" : "Previews"} of ${account.project} ${account.stack} by GitHub`,
      assumeRolePolicy: pulumi.jsonStringify(trustPolicy(providerArn, allowed)),
      ...(use === "deploy" ? { maxSessionDuration: DEPLOY_SESSION_SECONDS } : {}),
      tags,
    },
    { parent },
  );
}

function createPolicy(parent: Deployer, name: string, role: aws.iam.Role, statements: object[]): void {
  const policy = pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
  new aws.iam.RolePolicy(name, { role: role.name, policy }, { parent });
}
