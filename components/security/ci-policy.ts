import { type ArnParts, bucketArn, iamArn, regionalArn } from "../core/arn";
import { JOB_RULE, logGroupName, namePrefix, type Owner, repositoryPath, scheduleGroupName } from "../core/names";
import type { CiSettings, Settings } from "../settings/settings";
import type { CiUse } from "./ci-trust";

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
}

export interface Statement {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** For actions that take no resource, or whose answer covers all resources. */
const ALL = "*";

/**
 * What the provider reads of a bucket (`s3.Bucket` and its separate settings). It reads tags by ListTagsForResource
 * first (TFP s3/tags.go, since 6.23).
 */
const BUCKET_READS = [
  ...["ListBucket", "ListTagsForResource"],
  ...["Acl", "CORS", "Location", "Logging", "ObjectLockConfiguration", "OwnershipControls", "Policy"].map(getBucket),
  ...["PublicAccessBlock", "RequestPayment", "Tagging", "Versioning", "Website"].map(getBucket),
  ...["GetAccelerateConfiguration", "GetEncryptionConfiguration"],
  ...["GetLifecycleConfiguration", "GetReplicationConfiguration"],
];

/**
 * The inline policies of both roles of CI, by the role's use and the end of the policy's name. Separate policies,
 * because a policy's name shows what is wrong.
 */
export function ciPolicies(rights: RightsArgs, ci: CiSettings) {
  const reading = readStatements(rights);
  const { account, testHeader } = rights;
  return {
    deploy: {
      read: readsFor("deploy", reading),
      change: [...deployStatements(rights, ci), ...stateStatements("write", account, ci)],
    },
    preview: {
      read: [
        ...readsFor("preview", reading),
        ...valueStatements(account, testHeader ? [testHeader.value] : []),
        ...stateStatements("read", account, ci),
      ],
    },
  } satisfies Record<CiUse, Record<string, Statement[]>>;
}

/**
 * Statements for what a preview, the refresh that looks for drift, and a deploy read. They change nothing, and read
 * no value of a secret (`valueStatements` has those that a role does read).
 */
function readStatements(args: RightsArgs): Statement[] {
  const { account, rolePath, zoneIds, buckets } = args;
  const own = arns(account);
  const images = own("ecr", `repository/${repositoryPath(account)}/*`);
  return [
    allow("Look", ALL, [
      ...["autoscaling:Describe*", "ec2:Describe*", "ecs:Describe*", "ecs:List*", "elasticloadbalancing:Describe*"],
      ...["logs:DescribeLogGroups", "route53:ListHostedZones"],
    ]),
    allow(
      "LookAtRoles",
      [iamArn(account, `role${rolePath}*`), iamArn(account, `instance-profile${rolePath}*`)],
      [
        ...["iam:GetInstanceProfile", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"],
        "iam:ListRolePolicies",
      ],
    ),
    allow("LookAtProvider", args.providerArn, ["iam:GetOpenIDConnectProvider"]),
    allow("LookAtImages", args.pulls.length === 0 ? images : [images, ...args.pulls], [
      ...["ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:ListTagsForResource"],
    ]),
    ...(args.hasJobs ? readJobsStatements(account) : []),
    allow("LookAtLogs", own("logs", `log-group:${logGroupName(account, "*")}`), ["logs:ListTagsForResource"]),
    allow("LookAtCertificates", own("acm", "certificate/*"), ["acm:DescribeCertificate", "acm:ListTagsForCertificate"]),
    allow("LookAtQueues", own("sqs", `${namePrefix(account)}*`), ["sqs:GetQueueAttributes", "sqs:ListQueueTags"]),
    allow(
      "LookAtNames",
      [...zoneIds.map(zoneArn(account)), `arn:${account.partition}:route53:::change/*`],
      [
        ...["route53:GetChange", "route53:GetHostedZone"],
        ...["route53:ListResourceRecordSets", "route53:ListTagsForResource"],
      ],
    ),
    allow(
      "LookAtBuckets",
      buckets.map((bucket) => bucketArn(account, bucket)),
      BUCKET_READS.map((action) => `s3:${action}`),
    ),
    ...(args.webAcl === undefined
      ? []
      : [
          allow(
            "LookAtWebAcl",
            [own("elasticloadbalancing", "loadbalancer/app/*"), args.webAcl],
            ["wafv2:GetWebACLForResource"],
          ),
        ]),
    // A pull request may name a secret that the last `up` did not know, so this covers every secret. It reads metadata only.
    allow("LookAtSecrets", own("secretsmanager", "secret:*"), [
      ...["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
    ]),
  ];
}

/** What a preview reads of jobs' schedules and alarms; a deploy reads the schedules. */
function readJobsStatements(account: KnownAccount): Statement[] {
  const own = arns(account);
  const group = scheduleGroupName(account);
  return [
    allow(
      "LookAtSchedules",
      [own("scheduler", `schedule-group/${group}`), own("scheduler", `schedule/${group}/*`)],
      ["scheduler:GetSchedule", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"],
    ),
    allow("LookAtRules", own("events", `rule/${JOB_RULE}*`), ["events:DescribeRule", "events:ListTagsForResource"]),
    allow("LookAtAlarms", ALL, ["cloudwatch:DescribeAlarms"]),
    allow("LookAtAlarmTags", own("cloudwatch", `alarm:${namePrefix(account)}*`), ["cloudwatch:ListTagsForResource"]),
  ];
}

/**
 * What a deploy reads, of all that a preview and the search for drift read: it looks at what it changes.
 * test/rehearsal/store-and-roles.test.ts takes out each action of both roles and tells those that nothing needs.
 */
const DEPLOY_READS: ReadonlySet<string> = new Set([
  ...["autoscaling:Describe*", "ec2:Describe*", "ecs:Describe*", "ecs:List*", "elasticloadbalancing:Describe*"],
  ...["ecr:DescribeImages", "iam:GetRolePolicy", "route53:GetChange", "route53:GetHostedZone"],
  ...["route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResource", "s3:ListBucket"],
  "scheduler:GetSchedule",
  ...["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
]);
/** Actions that only a deploy needs: it follows tasks and changes of records, and looks for images by tag. */
const ONLY_DEPLOY_READS: ReadonlySet<string> = new Set(["ecr:DescribeImages", "ecs:List*", "route53:GetChange"]);

/** Returns statements of `readStatements` with the actions alone that a role needs. */
function readsFor(use: CiUse, statements: readonly Statement[]): Statement[] {
  const isNeeded = (action: string) => (use === "deploy" ? DEPLOY_READS.has(action) : !ONLY_DEPLOY_READS.has(action));
  return statements
    .map((statement) => ({ ...statement, Action: statement.Action.filter(isNeeded) }))
    .filter(({ Action }) => Action.length > 0);
}

/**
 * Statements for what a deploy does beyond reading: it changes releases, sizes, rules and records, all of this stack
 * alone. It creates and deletes no network, load balancer, role, queue or bucket: a person does that with `pulumi
 * up`.
 */
function deployStatements(args: RightsArgs, ci: Pick<CiSettings, "iam">): Statement[] {
  const { account, rolePath, zoneIds, domain, hosts, deployStore, notify, testHeader } = args;
  const { project, stack, region, partition } = account;
  const own = arns(account);
  const named = `${namePrefix(account)}*`;
  const tagged = { StringEquals: { "aws:ResourceTag/project": project, "aws:ResourceTag/stack": stack } };
  const tagging = { StringEquals: { "aws:RequestTag/project": project, "aws:RequestTag/stack": stack } };
  return [
    allow("Watch", ALL, ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "ssm:DescribeParameters"]),
    allow("ReadLogs", own("logs", `log-group:${logGroupName(account, "*")}`), ["logs:GetLogEvents"]),
    allow("KeepJournal", `${bucketArn(account, deployStore)}/*`, ["s3:GetObject", "s3:PutObject"]),
    allow("Release", ALL, ["ecs:RegisterTaskDefinition"], tagging),
    allow("ForgetRelease", ALL, ["ecs:DeregisterTaskDefinition"]),
    allow(
      "Run",
      [own("ecs", `service/${named}`), own("ecs", `task-definition/${named}`), own("ecs", `task/${named}`)],
      [
        ...[
          "ecs:CreateService",
          "ecs:DeleteService",
          "ecs:RunTask",
          "ecs:StopTask",
          "ecs:TagResource",
          "ecs:UpdateService",
        ],
      ],
    ),
    ...(args.drainsTasks
      ? [allow("DrainTasks", own("ecs", `container-instance/${named}`), ["ecs:UpdateContainerInstancesState"])]
      : []),
    allow(
      "Size",
      own("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*"),
      [...["autoscaling:DeletePolicy", "autoscaling:PutScalingPolicy", "autoscaling:UpdateAutoScalingGroup"]],
      tagged,
    ),
    allow(
      "Template",
      own("ec2", "launch-template/*"),
      [...["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]],
      tagged,
    ),
    // Auto Scaling requires it when a group with a launch template changes its size. The template says what is
    // launched, and PassRole says with which role.
    allow("Launch", [own("ec2", "*"), `arn:${partition}:ec2:${region}::image/*`], ["ec2:RunInstances"], {
      ArnLike: { "ec2:LaunchTemplate": own("ec2", "launch-template/*") },
    }),
    allow("TagLaunched", own("ec2", "*"), ["ec2:CreateTags"], { StringEquals: { "ec2:CreateAction": "RunInstances" } }),
    allow("FindImage", `arn:${partition}:ssm:${region}::parameter/aws/service/ecs/*`, ["ssm:GetParameters"]),
    allow("CutOver", own("elasticloadbalancing", "listener-rule/app/*"), ["elasticloadbalancing:ModifyRule"], tagged),
    // Schedules have no tags; the group has the stack's name.
    ...(args.hasJobs
      ? [
          allow("CutOverJobs", own("scheduler", `schedule/${scheduleGroupName(account)}/*`), [
            "scheduler:UpdateSchedule",
          ]),
        ]
      : []),
    allow("PointNames", zoneIds.map(zoneArn(account)), ["route53:ChangeResourceRecordSets"], {
      "ForAllValues:StringEquals": {
        "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
        "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
      },
      "ForAllValues:StringLike": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": [`*.${domain}`, ...hosts] },
    }),
    allow("PassOwnRoles", iamArn(account, `role${rolePath}*`), ["iam:PassRole"], {
      StringEquals: {
        "iam:PassedToService": [
          "ec2.amazonaws.com",
          "ecs-tasks.amazonaws.com",
          ...(args.hasJobs ? ["scheduler.amazonaws.com"] : []),
        ],
      },
    }),
    ...notifyStatements(args),
    ...valueStatements(account, [
      ...notify.flatMap(({ webhook, slack }) => webhook ?? slack ?? []),
      ...(testHeader ? [testHeader.value] : []),
    ]),
    ...ci.iam.map(({ actions, resources }, place) => allow(`Tests${place + 1}`, [...resources], [...actions])),
  ];
}

/** Statements for notifications to SNS topics. */
function notifyStatements({ notify }: RightsArgs): Statement[] {
  const topics = notify.flatMap(({ sns }) => sns ?? []);
  if (topics.length === 0) return [];
  return [
    allow("Tell", topics, ["sns:Publish"]),
    // What is encrypted with a key of your own is read and written with the caller's rights to the key. Through these
    // services it is used for nothing else than what the other statements allow.
    allow("TellEncrypted", topics.map(keysBeside), ["kms:Decrypt", "kms:GenerateDataKey"], {
      StringLike: { "kms:ViaService": "sns.*.amazonaws.com" },
    }),
  ];
}

/**
 * Statements for the values of secrets that a role reads, and for no other: URLs of webhooks, and the test header's
 * value.
 *
 * @param references where they are kept; those in the environment need no statement
 */
function valueStatements(account: KnownAccount, references: readonly string[]): Statement[] {
  const own = arns(account);
  const keptIn = (store: string) =>
    references.flatMap((reference) => (reference.startsWith(`${store}:`) ? [reference.slice(store.length + 1)] : []));
  const parameters = keptIn("ssm").map((name) => own("ssm", `parameter/${name.replace(/^\//, "")}`));
  // Secrets Manager appends a hyphen and six characters to the name.
  const secrets = keptIn("secretsmanager").map((name) => own("secretsmanager", `secret:${name}-??????`));
  return [
    ...(parameters.length + secrets.length > 0
      ? [
          allow("OpenAddresses", own("kms", "key/*"), ["kms:Decrypt"], {
            StringLike: { "kms:ViaService": ["secretsmanager.*.amazonaws.com", "ssm.*.amazonaws.com"] },
          }),
        ]
      : []),
    ...(parameters.length > 0 ? [allow("ReadAddresses", parameters, ["ssm:GetParameter"])] : []),
    ...(secrets.length > 0 ? [allow("ReadSecretAddresses", secrets, ["secretsmanager:GetSecretValue"])] : []),
  ];
}

/**
 * Statements for Pulumi's state in a bucket, and for the key of its secrets. A deploy writes this stack's files alone
 * (their places: pulumi/pulumi, pkg/backend/diy). A preview takes no lock and writes nothing. Empty if the settings
 * name neither.
 */
function stateStatements(use: "read" | "write", account: KnownAccount, ci: CiSettings): Statement[] {
  const { stateBucket, secretsKey } = ci;
  const key = secretsKey ? [allow("StateKey", secretsKey, ["kms:Decrypt"])] : [];
  if (!stateBucket) return key;
  const { project, stack } = account;
  const bucket = bucketArn(account, stateBucket);
  const own = [
    ...["history", "backups", "locks/organization"].map(
      (folder) => `${bucket}/.pulumi/${folder}/${project}/${stack}/*`,
    ),
    `${bucket}/.pulumi/stacks/${project}/${stack}.*`,
  ];
  return [
    allow("FindState", bucket, ["s3:ListBucket"]),
    allow("ReadState", [`${bucket}/.pulumi/meta.yaml`, ...own], ["s3:GetObject"]),
    ...(use === "write" ? [allow("WriteState", own, ["s3:DeleteObject", "s3:PutObject"])] : []),
    ...key,
  ];
}

function allow(
  Sid: string,
  Resource: Statement["Resource"],
  Action: string[],
  Condition?: Statement["Condition"],
): Statement {
  return { Sid, Effect: "Allow", Action, Resource, ...(Condition ? { Condition } : {}) };
}

/** Makes ARNs of this account in the stack's region. */
function arns(account: KnownAccount) {
  return (service: string, resource: string) => regionalArn(account, service, resource);
}

/** The keys that a topic can be encrypted with if they are in its own account: they are in its region, too. */
function keysBeside(topic: string): string {
  const [, partition, , region, id] = topic.split(":") as [string, string, string, string, string];
  return regionalArn({ partition, region, id }, "kms", "key/*");
}

function zoneArn({ partition }: KnownAccount) {
  return (zoneId: string) => `arn:${partition}:route53:::hostedzone/${zoneId}`;
}

function getBucket(setting: string): string {
  return `GetBucket${setting}`;
}
