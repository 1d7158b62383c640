import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { deploySessionSeconds } from "../../../components/security/deployer";
import { parseSettings } from "../../../components/settings/settings";
import { Iam } from "../../../rehearsal/cloud/services/iam/model/iam";
import { silentCloud } from "../../rehearsal/cloud/silent-cloud";
import { additions, inputs, names, ROLE_POLICY } from "../declared";
import { declare, STATES, type World } from "../world";

const ROOT = join(__dirname, "../../..");
const ROLE = "aws:iam/role:Role";
const PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";

interface Statement {
  Sid: string;
  Action: string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

const policyText = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const role = (name: string) => {
  const Principal = { Service: "ec2.amazonaws.com" };
  const assumeRolePolicy = policyText({ Effect: "Allow", Principal, Action: "sts:AssumeRole" });
  return { name, path: "/", description: "", maxSessionDuration: 3600, assumeRolePolicy };
};
const REPOSITORY = "Example/shop";
const NOTIFY = [
  { slack: "ssm:/prod/slack-webhook" },
  { webhook: "secretsmanager:prod/webhook" },
  { webhook: "env:HOOK" },
  { sns: "arn:aws:sns:ap-northeast-1:123456789012:deploys" },
];
const users = {
  kind: "api",
  streams: { within: "15m" },
  secrets: { TOKEN: "secretsmanager:users/token", KEY: "ssm:/users/key" },
};
const report = { kind: "job", schedule: "rate(1 hour)" };
const world = (ci?: object, jobs: object = {}, more: object = {}) =>
  declare({
    services: { users: STATES.flipped, ...Object.fromEntries(Object.keys(jobs).map((name) => [name, STATES.start])) },
    settings: { users, ...jobs },
    config: { notify: NOTIFY, ...(ci ? { ci } : {}), ...more },
  });
const trustOf = (declared: World, use: string) =>
  JSON.parse(String(inputs(declared, `ci-${use}`, ROLE).assumeRolePolicy)).Statement[0];
const statementsOf = (declared: World, ...policies: string[]): Statement[] =>
  policies.flatMap((name) => JSON.parse(String(inputs(declared, name, ROLE_POLICY).policy)).Statement);

/** IAM's name for a command of the SDK, if it is not `<service>:<command>`. */
const ACTIONS: Record<string, string | null> = {
  "s3:GetObject": "s3:GetObject",
  "s3:ListObjectsV2": "s3:ListBucket",
  "lambda:Invoke": "lambda:InvokeFunction",
};
/** IAM's prefix for a client of the SDK, if it is not the client's own name. */
const PREFIXES: Record<string, string> = {
  "auto-scaling": "autoscaling",
  "cloudwatch-logs": "logs",
  "elastic-load-balancing-v2": "elasticloadbalancing",
  "route-53": "route53",
  "secrets-manager": "secretsmanager",
};

/**
 * Every call that the deploy script makes through the SDK, as IAM names it. People run `doctor`, whose calls are in
 * aws/account.ts and first contact, with rights of their own.
 */
/** What `doctor`, `logs`, `exec` and `first-contact` call. */
const NOT_OF_A_DEPLOY = /^(?:aws\/(?:account|exec|log-reader)\.ts$|first-contact\/)/;

function calls(): string[] {
  const folder = join(ROOT, "automation");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !NOT_OF_A_DEPLOY.test(name),
  );
  const found = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    const clients = text.matchAll(
      /(?:import|const) \{([^}]*)\}\s*(?:from|=\s*(?:require|await import)\()\s*"@aws-sdk\/client-([\w-]+)"/g,
    );
    return [...clients].flatMap(([, imported, client]) =>
      [...imported!.matchAll(/(?<!type )\b(?:(\w+)Command|paginate(\w+))\b/g)].map(
        ([, command, page]) => `${PREFIXES[client!] ?? client}:${command ?? page}`,
      ),
    );
  });
  return [...new Set(found)].map((call) => ACTIONS[call] ?? call).sort();
}

const catchError = (action: () => unknown) => {
  try {
    action();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

const allows = (statements: readonly Statement[], action: string) =>
  statements.some(({ Action }) => Action.some((pattern) => new RegExp(`^${pattern.replace("*", ".*")}$`).test(action)));

const allowed = (Sid: string, { actions, resources }: { actions: string[]; resources: string[] }) => ({
  Sid,
  Effect: "Allow",
  Action: actions,
  Resource: resources,
});

describe("roles for CI", () => {
  let declared: World;

  before(async () => {
    declared = await world({
      repository: REPOSITORY,
      ids: { owner: 11, repository: 22 },
      stateBucket: "example-state",
      secretsKey: "arn:aws:kms:ap-northeast-1:123456789012:key/1",
    });
  });

  it("let a deploy look for the images of sidecars in their repositories", async () => {
    const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/proxy:v1";
    const declared = await declare({
      services: { users: STATES.flipped },
      settings: { users: { ...users, sidecars: { agent: { image: "users:agent-1" }, proxy: { image } } } },
      config: { ci: { repository: REPOSITORY } },
    });
    const look = statementsOf(declared, "ci-deploy-read").find(({ Action }) => Action.includes("ecr:DescribeImages"));
    expect(look!.Resource).to.be.an("array").with.lengthOf(2);
    expect(look!.Resource[1]).to.equal("arn:aws:ecr:eu-west-1:123456789012:repository/team/proxy");
  });

  it("do not exist without the setting", async () => {
    const without = await world();
    expect(names(without, PROVIDER)).to.deep.equal([]);
    expect(without.written).not.to.have.property("ci");
    const added = additions(without, declared).map(({ type, name }) => `${type} ${name}`);
    expect(added).to.deep.equal([
      `${PROVIDER} ci-github`,
      `${ROLE} ci-deploy`,
      `${ROLE} ci-preview`,
      `${ROLE_POLICY} ci-deploy-change`,
      `${ROLE_POLICY} ci-deploy-read`,
      `${ROLE_POLICY} ci-preview-read`,
    ]);
  });

  it("are among the stack's outputs", () => {
    expect(declared.written.ci).to.deep.equal({ deployRole: "ci-deploy.arn", previewRole: "ci-preview.arn" });
  });

  it("are for GitHub's tokens whose audience is AWS", () => {
    expect(inputs(declared, "ci-github", PROVIDER)).to.deep.include({
      url: "https://token.actions.githubusercontent.com",
      clientIdLists: ["sts.amazonaws.com"],
    });
    for (const use of ["deploy", "preview"]) {
      expect(trustOf(declared, use)).to.deep.include({
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: "ci-github.arn" },
      });
      const { StringEquals } = trustOf(declared, use).Condition;
      expect(StringEquals["token.actions.githubusercontent.com:aud"]).to.equal("sts.amazonaws.com");
    }
  });

  const subjectsOf = (each: World, use: string) =>
    trustOf(each, use).Condition.StringEquals["token.actions.githubusercontent.com:sub"];

  it("let jobs in the environment deploy, in both forms of the subject", async () => {
    expect(subjectsOf(declared, "deploy")).to.deep.equal([
      "repo:Example/shop:environment:prod",
      "repo:Example@11/shop@22:environment:prod",
    ]);
    const named = await world({ repository: REPOSITORY, environment: "production" });
    expect(subjectsOf(named, "deploy")).to.deep.equal(["repo:Example/shop:environment:production"]);
  });

  it("let jobs deploy from the branch alone, or from the refs in the settings", async () => {
    const refsOf = (each: World, use: string) =>
      trustOf(each, use).Condition.StringLikeIfExists?.["token.actions.githubusercontent.com:ref"];
    expect(refsOf(declared, "deploy")).to.deep.equal(["refs/heads/main"]);
    expect(refsOf(declared, "preview")).to.equal(undefined);
    const branch = await world({ repository: REPOSITORY, branch: "trunk" });
    expect(refsOf(branch, "deploy")).to.deep.equal(["refs/heads/trunk"]);
    const deployRefs = ["refs/tags/v*", "refs/heads/hotfix"];
    const tags = await world({ repository: REPOSITORY, branch: "trunk", deployRefs });
    expect(refsOf(tags, "deploy")).to.deep.equal(deployRefs);
  });

  it("deploy from refs of branches and tags only, with `*` as the one wildcard", () => {
    const refusal = (...deployRefs: string[]) =>
      catchError(() =>
        parseSettings({ domain: "example.jp", services: {}, ci: { repository: REPOSITORY, deployRefs } }),
      );
    for (const ref of ["main", "refs/pull/1/merge", "refs/heads/ma?n", "*"])
      expect(refusal(ref), ref).to.equal(
        `aoshingo:ci.deployRefs.0: given "${ref}", wanted a Git ref of branches or tags, such as refs/heads/main or refs/tags/v*`,
      );
    expect(refusal()).to.equal("aoshingo:ci.deployRefs: given [], wanted a list of 1 to 10 Git refs");
    expect(refusal("refs/heads/release/*", "refs/tags/v1.2+build#3")).to.equal("");
  });

  it("let pull requests and the branch preview, in both forms of the subject", () => {
    expect(subjectsOf(declared, "preview")).to.deep.equal([
      "repo:Example/shop:pull_request",
      "repo:Example/shop:ref:refs/heads/main",
      "repo:Example@11/shop@22:pull_request",
      "repo:Example@11/shop@22:ref:refs/heads/main",
    ]);
  });

  it("share the account's one OIDC provider with the stack that created it", async () => {
    const second = await world({ repository: REPOSITORY, provider: "existing" });
    expect(names(second, PROVIDER)).to.deep.equal([]);
    expect(trustOf(second, "deploy").Principal).to.deep.equal({
      Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
    });
  });

  it("let a deploy last four hours", () => {
    expect(inputs(declared, "ci-deploy", ROLE).maxSessionDuration).to.equal(14_400);
    expect(inputs(declared, "ci-preview", ROLE)).not.to.have.property("maxSessionDuration");
    expect(declared.ignored.get(`${ROLE} ci-deploy`), "changed by `pulumi up`").to.equal(undefined);
  });

  it("let a deploy last as long as its settings ask for, within IAM's twelve hours", () => {
    const hours = (deploy: object) => {
      const settings = parseSettings({ domain: "example.jp", services: { users: { kind: "api" } }, deploy });
      return deploySessionSeconds(settings.deploy) / 3_600;
    };
    expect(hours({})).to.equal(4);
    expect(hours({ approveWithin: "4h" })).to.equal(7);
    expect(hours({ ramp: [1, 10, 50], rampPauseSeconds: 3_600 })).to.equal(6);
    expect(hours({ approveWithin: "24h" })).to.equal(12);
  });

  it("only read, for previews", () => {
    const actions = statementsOf(declared, "ci-preview-read").flatMap(({ Action }) => Action);
    expect(actions).to.have.length.above(30);
    for (const action of actions) expect(action).to.match(/:(Describe|List|Get)\w*\*?$|^kms:Decrypt$/);
    // Actions that read content, and do not only list or describe.
    const contents = ["secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "sqs:ReceiveMessage"];
    expect(actions).not.to.include.members(contents);
    expect(contents.filter((action) => allows(statementsOf(declared, "ci-preview-read"), action))).to.deep.equal([]);
    const objects = statementsOf(declared, "ci-preview-read").filter(({ Action }) => Action.includes("s3:GetObject"));
    expect(objects.flatMap(({ Resource }) => Resource)).to.deep.equal([
      "arn:aws:s3:::example-state/.pulumi/meta.yaml",
      "arn:aws:s3:::example-state/.pulumi/history/aoshingo/prod/*",
      "arn:aws:s3:::example-state/.pulumi/backups/aoshingo/prod/*",
      "arn:aws:s3:::example-state/.pulumi/locks/organization/aoshingo/prod/*",
      "arn:aws:s3:::example-state/.pulumi/stacks/aoshingo/prod.*",
    ]);
  });

  it("let a deploy pass only the stack's own roles, and only to instances and tasks", () => {
    const passing = statementsOf(declared, "ci-deploy-read", "ci-deploy-change").filter(({ Action }) =>
      Action.includes("iam:PassRole"),
    );
    expect(passing).to.deep.equal([
      {
        Sid: "PassOwnRoles",
        Effect: "Allow",
        Action: ["iam:PassRole"],
        Resource: "arn:aws:iam::123456789012:role/aoshingo/prod/*",
        Condition: { StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"] } },
      },
    ]);
    for (const role of names(declared, ROLE)) expect(inputs(declared, role, ROLE).path).to.equal("/aoshingo/prod/");
  });

  it("let a deploy run tasks in clusters of its own stack alone (Y6)", () => {
    const iam = new Iam(silentCloud());
    iam.roles.create(role("deploy"));
    iam.roles.putPolicy("deploy", "change", policyText(...statementsOf(declared, "ci-deploy-change")));
    const ecs = "arn:aws:ecs:ap-northeast-1:123456789012";
    const mayRunIn = (cluster: string) =>
      iam.allows("deploy", "ecs:RunTask", `${ecs}:task-definition/aoshingo-prod-users-blue-migrate:1`, {
        "ecs:cluster": `${ecs}:cluster/${cluster}`,
      });
    expect([mayRunIn("aoshingo-prod-users-blue"), mayRunIn("other-prod-users-blue")]).to.deep.equal([true, false]);
    const mayStop = (cluster: string) =>
      iam.allows("deploy", "ecs:StopTask", `${ecs}:task/${cluster}/0123456789abcdef`);
    expect([mayStop("aoshingo-prod-users-blue"), mayStop("other-prod-users-blue")]).to.deep.equal([true, false]);
  });

  it("let a deploy launch from the stack's own templates into its own security groups", () => {
    const iam = new Iam(silentCloud());
    iam.roles.create(role("deploy"));
    iam.roles.putPolicy("deploy", "change", policyText(...statementsOf(declared, "ci-deploy-change")));
    const ec2 = "arn:aws:ec2:ap-northeast-1:123456789012";
    const tags = { "aws:ResourceTag/project": "aoshingo", "aws:ResourceTag/stack": "prod" };
    const mayUse = (resource: string, context = {}) =>
      iam.allows("deploy", "ec2:RunInstances", resource, {
        "ec2:LaunchTemplate": `${ec2}:launch-template/lt-0123456789abcdef0`,
        ...context,
      });
    for (const kind of ["launch-template", "security-group"]) {
      expect(mayUse(`${ec2}:${kind}/own`, tags), kind).to.equal(true);
      expect(mayUse(`${ec2}:${kind}/other`, { ...tags, "aws:ResourceTag/stack": "dev" }), kind).to.equal(false);
      expect(mayUse(`${ec2}:${kind}/untagged`), kind).to.equal(false);
    }
    const [instance, image] = [`${ec2}:instance/*`, "arn:aws:ec2:ap-northeast-1::image/ami-0123456789abcdef0"];
    expect([instance, image].map((resource) => mayUse(resource))).to.deep.equal([true, true]);
    expect(iam.allows("deploy", "ec2:RunInstances", instance)).to.equal(false);
    expect(mayUse(`${ec2}:key-pair/login`)).to.equal(false);
  });

  it("let a deploy get no further rights, and create or delete no infrastructure", () => {
    const statements = statementsOf(declared, "ci-deploy-read", "ci-deploy-change");
    for (const action of [
      ...[
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "iam:AttachRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:DeleteRole",
      ],
      ...["sts:AssumeRole", "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:CreateRule"],
      ...["route53:CreateHostedZone", "ec2:AuthorizeSecurityGroupIngress", "s3:DeleteBucket", "ecr:PutImage"],
    ])
      expect(allows(statements, action), action).to.equal(false);
  });

  it("let a deploy change every A record below the domain, and delete none", () => {
    const [statement] = statementsOf(declared, "ci-deploy-change").filter(({ Sid }) => Sid === "PointNames");
    expect(statement!.Resource).to.deep.equal(["arn:aws:route53:::hostedzone/ZONE"]);
    expect(statement!.Condition).to.deep.equal({
      "ForAllValues:StringEquals": {
        "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
        "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
      },
      "ForAllValues:StringLike": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["*.example.jp"] },
    });
  });

  it("let a deploy do all that its script calls", async () => {
    const withJobs = await world({ repository: REPOSITORY }, { report }, { databases: { main: {} } });
    const made = calls();
    expect(made).to.include.members([
      "ecs:RunTask",
      "ssm:GetParameter",
      "secretsmanager:GetSecretValue",
      "sns:Publish",
      "elasticloadbalancing:DescribeTargetHealth",
      "s3:PutObject",
    ]);
    const statements = statementsOf(withJobs, "ci-deploy-read", "ci-deploy-change");
    expect(made.filter((action) => !allows(statements, action))).to.deep.equal([]);
  });

  it("let services' tests do what the settings allow", async () => {
    const iam = [{ actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:ap-northeast-1:123456789012:mailer"] }];
    const tested = await world({ repository: REPOSITORY, iam });
    expect(statementsOf(tested, "ci-deploy-change").at(-1)).to.deep.equal(allowed("Tests1", iam[0]!));
  });

  it("let previews, and them alone, read what the settings say of a program's own resources", async () => {
    const previewIam = [{ actions: ["s3:GetBucketVersioning"], resources: ["arn:aws:s3:::notes"] }];
    const read = await world({ repository: REPOSITORY, previewIam });
    expect(statementsOf(read, "ci-preview-read").at(-1)).to.deep.equal(allowed("Own1", previewIam[0]!));
    const deploy = statementsOf(read, "ci-deploy-read", "ci-deploy-change");
    expect(allows(deploy, "s3:GetBucketVersioning")).to.equal(
      allows(statementsOf(declared, "ci-deploy-read", "ci-deploy-change"), "s3:GetBucketVersioning"),
    );
  });

  it("let a deploy notify whom the settings name, and read only their addresses", () => {
    const told = statementsOf(declared, "ci-deploy-change").filter(({ Action }) =>
      ["sns:Publish", "ssm:GetParameter", "secretsmanager:GetSecretValue"].includes(Action[0]!),
    );
    expect(told.map(({ Resource }) => Resource)).to.deep.equal([
      ["arn:aws:sns:ap-northeast-1:123456789012:deploys"],
      ["arn:aws:ssm:ap-northeast-1:123456789012:parameter/prod/slack-webhook"],
      ["arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:prod/webhook-??????"],
    ]);
  });

  it("let a deploy use the keys of topics and addresses through the services that they are for, and a preview none", () => {
    const iam = new Iam(silentCloud());
    const statements = statementsOf(declared, "ci-deploy-change");
    iam.roles.create(role("deploy"));
    iam.roles.putPolicy("deploy", "change", policyText(...statements));
    const may = (action: string, service: string, account = "123456789012") =>
      iam.allows("deploy", `kms:${action}`, `arn:aws:kms:ap-northeast-1:${account}:key/own`, {
        "kms:ViaService": `${service}.ap-northeast-1.amazonaws.com`,
      });
    expect([may("GenerateDataKey", "sns"), may("Decrypt", "sns"), may("Decrypt", "ssm")]).to.deep.equal([
      true,
      true,
      true,
    ]);
    expect([may("GenerateDataKey", "ssm"), may("Decrypt", "s3"), may("Decrypt", "sns", "999999999999")]).to.deep.equal([
      false,
      false,
      false,
    ]);
    const previewed = statementsOf(declared, "ci-preview-read").filter(({ Sid }) => Sid !== "StateKey");
    expect(previewed.flatMap(({ Action }) => Action).filter((action) => action.startsWith("kms:"))).to.deep.equal([]);
  });

  it("describe any secret, because a pull request may name one that the last up did not know, and read no value", () => {
    const iam = new Iam(silentCloud());
    iam.roles.create(role("preview"));
    const statements = statementsOf(declared, "ci-preview-read").filter(({ Sid }) => Sid !== "LookAtProvider");
    iam.roles.putPolicy("preview", "read", policyText(...statements));
    const secret = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:new/token-AbCdEf";
    const may = (action: string) => iam.allows("preview", `secretsmanager:${action}`, secret);
    expect([may("DescribeSecret"), may("GetResourcePolicy"), may("GetSecretValue")]).to.deep.equal([true, true, false]);
  });

  it("look up any zone in a preview, because a pull request may name a domain that the last up did not know", () => {
    const iam = new Iam(silentCloud());
    for (const use of ["preview", "deploy"]) {
      iam.roles.create(role(use));
      const statements = statementsOf(declared, `ci-${use}-read`).filter(({ Sid }) => Sid !== "LookAtProvider");
      iam.roles.putPolicy(use, "read", policyText(...statements));
    }
    const may = (use: string, action: string) =>
      iam.allows(use, `route53:${action}`, "arn:aws:route53:::hostedzone/ZFURTHER");
    const actions = ["GetHostedZone", "ListTagsForResource", "ListResourceRecordSets"];
    expect(actions.map((action) => may("preview", action))).to.deep.equal([true, true, false]);
    expect(actions.map((action) => may("deploy", action))).to.deep.equal([false, false, false]);
  });

  it("have no rights to the state if the settings do not say where it is", async () => {
    const plain = await world({ repository: REPOSITORY });
    const sids = statementsOf(plain, "ci-deploy-change").map(({ Sid }) => Sid);
    expect(sids).not.to.include.members(["FindState", "ReadState", "WriteState", "StateKey"]);
  });
});
