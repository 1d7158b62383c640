import { type ArnParts, regionalArn } from "../core/arn";
import type { Grants } from "../live/grants";

/** What the ARNs in the policies of one service's roles are made of. */
export interface ServiceRights {
  account: ArnParts;
  /** Names of the clusters that the service's instances may join. */
  clusterNames: readonly string[];
  repositoryArn: string;
  /** ARNs of other repositories that its sidecars' images are pulled from. */
  pulls?: readonly string[] | undefined;
  logGroupArn: string;
  /** ARN of the log group of its sessions of ECS Exec; undefined without. */
  execLogGroupArn?: string | undefined;
  /** ARN of its own queue; undefined without one. */
  queueArn: string | undefined;
  /** ARNs of the queues of the workers that it may send messages to. */
  receiverArns: readonly string[];
  secretArns: readonly string[];
  iam: Grants["iam"];
}

/**
 * The inline policies of a service's three roles, by role and the end of the policy's name. A policy without
 * statements is not created.
 */
export function servicePolicies(rights: ServiceRights) {
  return {
    instance: { agent: agentStatements(rights) },
    execution: { "pull-and-log": pullAndLogStatements(rights), secrets: secretStatements(rights) },
    task: { code: codeStatements(rights), exec: execStatements(rights) },
  } satisfies Record<string, Record<string, object[]>>;
}

/**
 * What the ECS agent calls, without `ecs:CreateCluster`: an agent that is told of no cluster must fail, and not
 * create one named `default`.
 */
function agentStatements({ account, clusterNames }: ServiceRights): object[] {
  return [
    { Sid: "FindEcs", Effect: "Allow", Action: ["ecs:DiscoverPollEndpoint"], Resource: "*" },
    {
      Sid: "JoinAndReport",
      Effect: "Allow",
      Action: [
        "ecs:RegisterContainerInstance",
        "ecs:DeregisterContainerInstance",
        "ecs:SubmitAttachmentStateChanges",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
      ],
      Resource: clusterNames.map((name) => regionalArn(account, "ecs", `cluster/${name}`)),
    },
    {
      Sid: "BeToldWhatToRun",
      Effect: "Allow",
      Action: ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
      Resource: clusterNames.map((name) => regionalArn(account, "ecs", `container-instance/${name}/*`)),
    },
  ];
}

function pullAndLogStatements({ repositoryArn, pulls = [], logGroupArn }: ServiceRights): object[] {
  return [
    { Sid: "LogInToEcr", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: "*" },
    {
      Sid: "PullOwnImage",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
      Resource: pulls.length === 0 ? repositoryArn : [repositoryArn, ...pulls],
    },
    {
      Sid: "WriteOwnLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
  ];
}

/**
 * Statement for ECS to read SSM parameters and secrets of Secrets Manager. Each action applies to the ARNs of its own
 * service and ignores the others.
 */
function secretStatements({ secretArns }: ServiceRights): object[] {
  if (secretArns.length === 0) return [];
  return [
    {
      Sid: "ReadOwnSecrets",
      Effect: "Allow",
      Action: ["ssm:GetParameters", "secretsmanager:GetSecretValue"],
      Resource: [...new Set(secretArns)].sort(),
    },
  ];
}

/** What EventBridge Scheduler does for a job: it starts tasks of the job's own families in its own clusters. */
export function runStatements(
  account: ArnParts,
  { clusterNames, roleArns }: { clusterNames: readonly string[]; roleArns: readonly string[] },
): object[] {
  return [
    {
      Sid: "RunOwnTasks",
      Effect: "Allow",
      Action: ["ecs:RunTask"],
      Resource: clusterNames.map((family) => regionalArn(account, "ecs", `task-definition/${family}:*`)),
      Condition: {
        ArnEquals: { "ecs:cluster": clusterNames.map((name) => regionalArn(account, "ecs", `cluster/${name}`)) },
      },
    },
    {
      Sid: "TagOwnTasks",
      Effect: "Allow",
      Action: ["ecs:TagResource"],
      Resource: clusterNames.map((name) => regionalArn(account, "ecs", `task/${name}/*`)),
      Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
    },
    {
      Sid: "PassTheirRoles",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: roleArns,
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
  ];
}

/** Statements for the service's code, in the order of the settings. */
function codeStatements({ iam, queueArn, receiverArns }: ServiceRights): object[] {
  return [
    ...(queueArn === undefined
      ? []
      : [
          {
            Sid: "TakeOwnJobs",
            Effect: "Allow",
            Action: [
              "sqs:ReceiveMessage",
              "sqs:DeleteMessage",
              "sqs:ChangeMessageVisibility",
              "sqs:GetQueueAttributes",
            ],
            Resource: queueArn,
          },
        ]),
    ...(receiverArns.length === 0
      ? []
      : [
          {
            Sid: "GiveJobs",
            Effect: "Allow",
            Action: ["sqs:SendMessage", "sqs:GetQueueAttributes"],
            Resource: receiverArns,
          },
        ]),
    ...iam.map(({ actions, resources }) => ({ Effect: "Allow", Action: actions, Resource: resources })),
  ];
}

/**
 * What the agent of ECS Exec calls from within a task: it waits for sessions, and logs them (aws-rules C47, C48). It has the
 * task's role, so the service's code may do the same.
 */
function execStatements({ execLogGroupArn }: ServiceRights): object[] {
  if (execLogGroupArn === undefined) return [];
  return [
    {
      Sid: "OpenSessions",
      Effect: "Allow",
      Action: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      Resource: "*",
    },
    { Sid: "FindSessionLog", Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: "*" },
    {
      Sid: "LogSessions",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: `${execLogGroupArn}:*`,
    },
  ];
}
