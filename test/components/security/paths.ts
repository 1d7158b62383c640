import type { Asked } from "./least-privilege";

const ECS = "arn:aws:ecs:ap-northeast-1:123456789012";
const AUTO_SCALING =
  "arn:aws:autoscaling:ap-northeast-1:123456789012:autoScalingGroup:id:autoScalingGroupName/users-blue";
const EC2 = "arn:aws:ec2:ap-northeast-1:123456789012";
const LOGS = "arn:aws:logs:ap-northeast-1:123456789012:log-group:/aoshingo/rehearsal";
const ROLE = "arn:aws:iam::123456789012:role/aoshingo/rehearsal/users-task";
const SQS = "arn:aws:sqs:ap-northeast-1:123456789012:aoshingo-rehearsal-mailer";
const SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:users-token-AbCdEf";
const OWN = { "aws:resourcetag/project": "aoshingo", "aws:resourcetag/stack": "rehearsal" };

function path(
  name: string,
  requests: readonly (readonly [action: string, resource: string, context?: object])[],
): Asked[] {
  return requests.map(([action, resource, context = {}]) => ({
    path: name,
    action,
    resource,
    context: context as Asked["context"],
  }));
}

/** What the paths of a deploy ask for that the rehearsal of the roles does not play, with the code that asks. */
export const OTHER_PATHS: Record<"deploy" | "preview", readonly Asked[]> = {
  deploy: [
    // automation/aws/run-task.ts
    ...path("migration", [
      [
        "ecs:RunTask",
        `${ECS}:task-definition/aoshingo-rehearsal-users-green:2`,
        { "ecs:cluster": `${ECS}:cluster/aoshingo-rehearsal-users-green` },
      ],
      ["ecs:StopTask", `${ECS}:task/aoshingo-rehearsal-users-green/0123456789abcdef`],
      ["logs:GetLogEvents", `${LOGS}/users:log-stream:green/users/1`],
    ]),
    // automation/stack/recovery/aws-orphans.ts
    ...path("recovery after a crash", [
      ["ecs:DeregisterTaskDefinition", "*"],
      ["ecs:DeleteService", `${ECS}:service/aoshingo-rehearsal-users-green/users-green-service-1`],
      ["autoscaling:DeletePolicy", AUTO_SCALING, OWN],
      ["autoscaling:DeleteScheduledAction", AUTO_SCALING, OWN],
      // automation/stack/recovery/recover.ts
      ["iam:GetRolePolicy", ROLE],
    ]),
    // components/network/network-facts.ts
    ...path("an existing network", [["ec2:DescribeVpcs", "*"]]),
    // automation/aws/parameters.ts and secrets-manager.ts
    ...path("secrets", [
      ["ssm:DescribeParameters", "*"],
      ["secretsmanager:DescribeSecret", SECRET],
      ["secretsmanager:GetResourcePolicy", SECRET],
    ]),
    // automation/aws/alarms.ts
    ...path("analysis with alarms", [
      ["cloudwatch:DescribeAlarms", "*"],
      ["cloudwatch:GetMetricData", "*"],
    ]),
    // components/service/instances.ts
    ...path("a service whose size follows the load", [["autoscaling:PutScalingPolicy", AUTO_SCALING, OWN]]),
    ...path("a service whose minimum has a schedule", [
      ["autoscaling:PutScheduledUpdateGroupAction", AUTO_SCALING, OWN],
      ["autoscaling:DeleteScheduledAction", AUTO_SCALING, OWN],
    ]),
    // components/service/launch-template.ts
    ...path("a colour with other instances", [
      ["ec2:CreateLaunchTemplateVersion", `${EC2}:launch-template/lt-0123456789abcdef0`, OWN],
      ["ec2:ModifyLaunchTemplate", `${EC2}:launch-template/lt-0123456789abcdef0`, OWN],
    ]),
    // services/mailer/deploy-test
    ...path("the mailer's own test", [
      ["sqs:SendMessage", SQS],
      ["logs:FilterLogEvents", `${LOGS}/mailer:log-stream:`],
    ]),
  ],
  preview: [
    ...path("secrets", [
      ["secretsmanager:DescribeSecret", SECRET],
      ["secretsmanager:GetResourcePolicy", SECRET],
    ]),
    // components/edge/find-zones.ts: a pull request names a zone that the last `up` did not know
    ...path("a further domain", [
      ["route53:GetHostedZone", "arn:aws:route53:::hostedzone/Z0FURTHER"],
      ["route53:ListTagsForResource", "arn:aws:route53:::hostedzone/Z0FURTHER"],
    ]),
    // components/service/kept-repositories.ts: the provider reads the images of a repository that is there
    ...path("a service that comes back", [
      ["ecr:DescribeImages", "arn:aws:ecr:ap-northeast-1:123456789012:repository/aoshingo/rehearsal/doodle"],
    ]),
    // rehearsal/cloud/api/permissions/resource-types.ts: a stack with a worker
    ...path("a worker's queue", [
      ["sqs:GetQueueAttributes", SQS],
      ["sqs:GetQueueUrl", SQS],
      ["sqs:ListQueueTags", SQS],
    ]),
  ],
};
