import { bucketArn, iamArn } from "../core/arn";
import {
  databaseFunctionName,
  execLogGroupPrefix,
  JOB_RULE,
  jobRunsLogGroupName,
  logGroupName,
  migrationObserverName,
  namePrefix,
  repositoryPath,
  scheduleGroupName,
} from "../core/names";
import { ALL, allow, arns, type KnownAccount, type RightsArgs, type Statement, zoneArn } from "./ci-statement";
import type { CiUse } from "./ci-trust";

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

/** What the provider reads of a zone that it looks up. */
const ZONE_READS = ["route53:GetHostedZone", "route53:ListTagsForResource"];

/**
 * Statements for what a preview and the refresh that looks for drift read, or what a deploy reads. They change nothing, and read
 * no value of a secret (`valueStatements` has those that a role does read).
 */
export function readStatements(use: CiUse, args: RightsArgs): Statement[] {
  return neededBy(use, allReads(use, args));
}

function allReads(use: CiUse, args: RightsArgs): Statement[] {
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
    ...(args.hasDatabases ? readDatabasesStatements(account) : []),
    allow("LookAtLogs", logGroups(args), ["logs:ListTagsForResource"]),
    allow("LookAtCertificates", own("acm", "certificate/*"), ["acm:DescribeCertificate", "acm:ListTagsForCertificate"]),
    allow("LookAtQueues", own("sqs", `${namePrefix(account)}*`), [
      ...["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"],
    ]),
    allow(
      "LookAtNames",
      [...zoneIds.map(zoneArn(account)), `arn:${account.partition}:route53:::change/*`],
      [
        ...["route53:GetChange", "route53:GetHostedZone"],
        ...["route53:ListResourceRecordSets", "route53:ListTagsForResource"],
      ].filter((action) => use === "deploy" || !ZONE_READS.includes(action)),
    ),
    // A pull request may name a domain whose zone the last `up` did not know, so this covers every zone. It reads metadata only.
    ...(use === "preview" ? [allow("LookAtZones", zoneArn(account)(ALL), ZONE_READS)] : []),
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

/** Log groups of the stack. No role of CI reads what was written to those of ECS Exec. */
function logGroups({ account, hasExec }: RightsArgs): Statement["Resource"] {
  const group = (name: string) => arns(account)("logs", `log-group:${name}`);
  const services = group(logGroupName(account, "*"));
  return hasExec ? [services, group(`${execLogGroupPrefix(account, "*")}*`)] : services;
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
    allow("LookAtRules", own("events", `rule/${JOB_RULE}*`), [
      ...["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"],
    ]),
    allow("LookAtRunsLog", own("logs", `log-group:${jobRunsLogGroupName(account)}`), ["logs:ListTagsForResource"]),
    allow("LookAtLogPolicies", ALL, ["logs:DescribeResourcePolicies"]),
    allow("LookAtAlarms", ALL, ["cloudwatch:DescribeAlarms"]),
    allow("LookAtAlarmTags", own("cloudwatch", `alarm:${namePrefix(account)}*`), ["cloudwatch:ListTagsForResource"]),
  ];
}

/** What a preview reads of databases, and of the function that makes their users. Neither is what is in them. */
function readDatabasesStatements(account: KnownAccount): Statement[] {
  const own = arns(account);
  return [
    allow(
      "LookAtDatabases",
      [own("rds", "db:*"), own("rds", "subgrp:*"), own("rds", "pg:*")],
      [
        ...["rds:DescribeDBInstances", "rds:DescribeDBParameterGroups", "rds:DescribeDBParameters"],
        ...["rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"],
      ],
    ),
    allow(
      "LookAtFunction",
      [databaseFunctionName(account), migrationObserverName(account)].map((name) => own("lambda", `function:${name}`)),
      [...["lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:ListVersionsByFunction"]],
    ),
  ];
}

/**
 * What a deploy reads, of all that a preview and the search for drift read: it looks at what it changes.
 * test/rehearsal/store-and-roles.test.ts takes out each action of both roles and tells those that nothing needs.
 */
const DEPLOY_READS: ReadonlySet<string> = new Set([
  ...["autoscaling:Describe*", "ec2:Describe*", "ecs:Describe*", "ecs:List*", "elasticloadbalancing:Describe*"],
  ...["ecr:DescribeImages", "iam:GetRolePolicy", "route53:GetChange", "route53:GetHostedZone"],
  ...["route53:ListResourceRecordSets", "s3:ListBucket", "scheduler:GetSchedule"],
  ...["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
]);
/** Actions that only a deploy needs: it follows tasks and changes of records. */
const ONLY_DEPLOY_READS: ReadonlySet<string> = new Set(["ecs:List*", "route53:GetChange"]);

function neededBy(use: CiUse, statements: readonly Statement[]): Statement[] {
  const isNeeded = (action: string) => (use === "deploy" ? DEPLOY_READS.has(action) : !ONLY_DEPLOY_READS.has(action));
  return statements
    .map((statement) => ({ ...statement, Action: statement.Action.filter(isNeeded) }))
    .filter(({ Action }) => Action.length > 0);
}

function getBucket(setting: string): string {
  return `GetBucket${setting}`;
}
