import { bucketArn, iamArn, regionalArn } from "../core/arn";
import { logGroupName, migrationObserverName, namePrefix, scheduleGroupName } from "../core/names";
import type { CiSettings } from "../settings/settings";
import { ALL, allow, arns, givenStatements, type RightsArgs, type Statement, zoneArn } from "./ci-statement";
import { valueStatements } from "./ci-value-statements";

/**
 * Statements for what a deploy does beyond reading: it changes releases, sizes and rules of this stack alone, and A
 * records below its domain, whosever they are. It creates and deletes no network, load balancer, role, queue or bucket:
 * a person does that with `pulumi up`.
 */
export function deployStatements(args: RightsArgs, ci: Pick<CiSettings, "iam">): Statement[] {
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
      ["ecs:CreateService", "ecs:DeleteService", "ecs:StopTask", "ecs:TagResource", "ecs:UpdateService"],
    ),
    // ARNs of services and tasks have their cluster in them. RunTask names the task definition, which runs in any cluster
    // of the account (aws-rules Y6).
    allow("RunTasks", own("ecs", `task-definition/${named}`), ["ecs:RunTask"], {
      ArnLike: { "ecs:cluster": own("ecs", `cluster/${named}`) },
    }),
    ...(args.hasDatabases
      ? [
          allow("ObserveMigrations", own("lambda", `function:${migrationObserverName(account)}`), [
            "lambda:InvokeFunction",
          ]),
        ]
      : []),
    ...(args.drainsTasks
      ? [allow("DrainTasks", own("ecs", `container-instance/${named}`), ["ecs:UpdateContainerInstancesState"])]
      : []),
    allow(
      "Size",
      own("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*"),
      [
        "autoscaling:DeletePolicy",
        "autoscaling:DeleteScheduledAction",
        "autoscaling:PutScalingPolicy",
        "autoscaling:PutScheduledUpdateGroupAction",
        "autoscaling:UpdateAutoScalingGroup",
      ],
      tagged,
    ),
    allow(
      "Template",
      own("ec2", "launch-template/*"),
      [...["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]],
      tagged,
    ),
    // Auto Scaling requires it when a group with a launch template changes its size. A caller of RunInstances can put other
    // values in the place of a template's, such as another image: only instances in security groups of the stack, from its
    // own templates, and with its own roles, which PassRole says.
    allow("LaunchOwn", [own("ec2", "launch-template/*"), own("ec2", "security-group/*")], ["ec2:RunInstances"], tagged),
    allow(
      "Launch",
      [
        ...["instance/*", "network-interface/*", "subnet/*", "volume/*"].map((resource) => own("ec2", resource)),
        `arn:${partition}:ec2:${region}::image/*`,
      ],
      ["ec2:RunInstances"],
      { ArnLike: { "ec2:LaunchTemplate": own("ec2", "launch-template/*") } },
    ),
    allow("TagLaunched", own("ec2", "*"), ["ec2:CreateTags"], { StringEquals: { "ec2:CreateAction": "RunInstances" } }),
    allow("FindImage", `arn:${partition}:ssm:${region}::parameter/aws/service/ecs/*`, ["ssm:GetParameters"]),
    // A release takes its health path along.
    allow("Check", own("elasticloadbalancing", "targetgroup/*"), ["elasticloadbalancing:ModifyTargetGroup"], tagged),
    allow("CutOver", own("elasticloadbalancing", "listener-rule/app/*"), ["elasticloadbalancing:ModifyRule"], tagged),
    // Schedules have no tags; the group has the stack's name.
    ...(args.hasJobs
      ? [
          allow("CutOverJobs", own("scheduler", `schedule/${scheduleGroupName(account)}/*`), [
            "scheduler:UpdateSchedule",
          ]),
        ]
      : []),
    // Not name by name: those of 50 services on both edges are over 6,000 characters, the rest has about as many, and a
    // role holds 10,240 (aws-rules I2).
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
    ...givenStatements("Tests", ci.iam),
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

/** The keys that a topic can be encrypted with if they are in its own account: they are in its region, too. */
function keysBeside(topic: string): string {
  const [, partition, , region, id] = topic.split(":") as [string, string, string, string, string];
  return regionalArn({ partition, region, id }, "kms", "key/*");
}
