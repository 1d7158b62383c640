import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { rolePath } from "../core/role-path";
import type { Tags } from "../core/tags";
import type { DeclaredGrants } from "../live/grants";

export interface RolesArgs {
  account: Account;
  /** Names of the clusters that the service's instances may join. */
  clusterNames: readonly string[];
  repositoryArn: pulumi.Input<string>;
  logGroupArn: pulumi.Input<string>;
  /** Of both colours together. */
  grants: Pick<DeclaredGrants, "secretArns" | "iam">;
  /** ARN of its own queue; undefined without one. */
  queueArn: pulumi.Input<string> | undefined;
  /** ARNs of the queues of the workers that it may send jobs to. */
  receiverArns: readonly pulumi.Input<string>[];
  tags: Tags;
}

/**
 * The three IAM roles of a service: the instances' role, for the ECS agent (join the service's own clusters and
 * report); the execution role (pull the service's own image, write to its own log group, read its own secrets); and
 * the task role, for the service's code (take jobs from its own queue, send jobs to others' queues, and what its
 * settings say).
 *
 * A secret that is encrypted with a key of your own also needs that key's policy to let the execution role decrypt.
 *
 * Cost: none.
 */
export class Roles extends pulumi.ComponentResource {
  readonly instanceProfileArn: pulumi.Output<string>;
  readonly executionRoleArn: pulumi.Output<string>;
  readonly taskRoleArn: pulumi.Output<string>;
  /**
   * All of them must exist before an instance boots: an agent without them does not join its cluster, and nothing
   * reports an error.
   */
  readonly policies: aws.iam.RolePolicy[];

  constructor(name: string, args: RolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:roles:Roles", name, {}, opts);

    const instance = createRole(this, `${name}-instance`, "ec2.amazonaws.com", args);
    const execution = createRole(this, `${name}-execution`, "ecs-tasks.amazonaws.com", args);
    const task = createRole(this, `${name}-task`, "ecs-tasks.amazonaws.com", args);
    const agentPolicy = new aws.iam.RolePolicy(
      `${name}-agent`,
      { role: instance.name, policy: pulumi.jsonStringify(agentPolicyDocument(args)) },
      { parent: this },
    );
    const pullAndLogPolicy = new aws.iam.RolePolicy(
      `${name}-pull-and-log`,
      { role: execution.name, policy: pulumi.jsonStringify(pullAndLogPolicyDocument(args)) },
      { parent: this },
    );
    const secretsPolicy = createPolicy(this, `${name}-secrets`, execution, secretStatements(args));
    const codePolicy = createPolicy(this, `${name}-code`, task, codeStatements(args));
    const profile = new aws.iam.InstanceProfile(
      `${name}-instance`,
      { role: instance.name, path: rolePath(args.account), tags: args.tags },
      { parent: this },
    );

    this.instanceProfileArn = profile.arn;
    this.executionRoleArn = execution.arn;
    this.taskRoleArn = task.arn;
    this.policies = [agentPolicy, pullAndLogPolicy, ...secretsPolicy, ...codePolicy];
    this.registerOutputs({
      instanceProfileArn: this.instanceProfileArn,
      executionRoleArn: this.executionRoleArn,
      taskRoleArn: this.taskRoleArn,
    });
  }
}

function createRole(parent: Roles, name: string, service: string, { account, tags }: RolesArgs): aws.iam.Role {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  };
  return new aws.iam.Role(name, { path: rolePath(account), assumeRolePolicy: JSON.stringify(trust), tags }, { parent });
}

/** Creates a policy from the statements, or none without statements. */
function createPolicy(parent: Roles, name: string, role: aws.iam.Role, statements: object[]): aws.iam.RolePolicy[] {
  if (statements.length === 0) return [];
  const policy = pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
  return [new aws.iam.RolePolicy(name, { role: role.name, policy }, { parent })];
}

/**
 * What the ECS agent calls, without `ecs:CreateCluster`: an agent that is told of no cluster must fail, and not
 * create one named `default`.
 */
function agentPolicyDocument({ account, clusterNames }: RolesArgs) {
  const arn = (resource: string) => pulumi.interpolate`arn:aws:ecs:${account.region}:${account.id}:${resource}`;
  return {
    Version: "2012-10-17",
    Statement: [
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
        Resource: clusterNames.map((name) => arn(`cluster/${name}`)),
      },
      {
        Sid: "BeToldWhatToRun",
        Effect: "Allow",
        Action: ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
        Resource: clusterNames.map((name) => arn(`container-instance/${name}/*`)),
      },
    ],
  };
}

function pullAndLogPolicyDocument({ repositoryArn, logGroupArn }: RolesArgs) {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "LogInToEcr", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: "*" },
      {
        Sid: "PullOwnImage",
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
        Resource: repositoryArn,
      },
      {
        Sid: "WriteOwnLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: pulumi.interpolate`${logGroupArn}:*`,
      },
    ],
  };
}

/**
 * Statement for ECS to read SSM parameters and secrets of Secrets Manager. Each action applies to the ARNs of its own
 * service and ignores the others.
 */
function secretStatements({ grants }: RolesArgs): object[] {
  if (grants.secretArns.length === 0) return [];
  return [
    {
      Sid: "ReadOwnSecrets",
      Effect: "Allow",
      Action: ["ssm:GetParameters", "secretsmanager:GetSecretValue"],
      Resource: pulumi.all(grants.secretArns).apply((arns) => [...new Set(arns)].sort()),
    },
  ];
}

/** Statements for the service's code, in the order of the settings. */
function codeStatements({ grants, queueArn, receiverArns }: RolesArgs): object[] {
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
    ...grants.iam.map(({ actions, resources }) => ({ Effect: "Allow", Action: actions, Resource: resources })),
  ];
}
