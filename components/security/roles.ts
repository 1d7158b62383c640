import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { rolePath } from "../core/names";
import type { Tags } from "../core/tags";
import type { Grants } from "../live/grants";
import { policyDocument } from "./policy-document";
import { type ServiceRights, servicePolicies } from "./service-policies";

export interface RolesArgs {
  account: Account;
  /** False for a job, whose tasks run on Fargate: it has no role for instances. */
  hasInstances: boolean;
  /** Names of the clusters that the service's instances may join. */
  clusterNames: readonly string[];
  repositoryArn: pulumi.Input<string>;
  logGroupArn: pulumi.Input<string>;
  /** ARN of the log group of its sessions of ECS Exec; undefined without. */
  execLogGroupArn: pulumi.Input<string> | undefined;
  /** ARNs of the secrets with its passwords in databases. */
  databaseSecretArns: readonly pulumi.Input<string>[];
  /** Of both colours together. */
  grants: Pick<Grants, "secretArns" | "pulls">;
  /** IAM statements for its code: of both colours together, and what the program asks for. */
  iam: pulumi.Input<Grants["iam"]>;
  /** False if `iam` is known to be empty. */
  hasIam: boolean;
  /** ARN of its own queue; undefined without one. */
  queueArn: pulumi.Input<string> | undefined;
  /** ARNs of the queues of the workers that it may send messages to. */
  receiverArns: readonly pulumi.Input<string>[];
  tags: Tags;
}

/**
 * The three IAM roles of a service, two of a job: the instances' role, for the ECS agent (join the service's own clusters
 * and report); the execution role (pull the service's own image and its sidecars', write to its own log group, read its
 * own secrets); and the task role, for the service's code (take messages from its own queue, send messages to others' queues,
 * what its settings say, and sessions of ECS Exec).
 *
 * A secret that is encrypted with a key of your own also needs that key's policy to let the execution role decrypt.
 *
 * Cost: none.
 */
export class Roles extends pulumi.ComponentResource {
  /** Null without instances. */
  readonly instanceProfileArn: pulumi.Output<string> | null;
  readonly executionRoleArn: pulumi.Output<string>;
  /** The role that the service's code acts in. */
  readonly taskRole: aws.iam.Role;
  /**
   * All of them must exist before an instance boots: an agent without them does not join its cluster, and nothing
   * reports an error.
   */
  readonly policies: aws.iam.RolePolicy[];

  constructor(name: string, args: RolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:roles:Roles", name, {}, opts);

    const execution = createRole(this, `${name}-execution`, "ecs-tasks.amazonaws.com", args);
    const task = createRole(this, `${name}-task`, "ecs-tasks.amazonaws.com", args);
    const { grants, queueArn, receiverArns } = args;
    const policies = knownRights(args).apply(servicePolicies);
    const pullAndLogPolicy = createPolicy(this, `${name}-pull-and-log`, execution, policies.execution["pull-and-log"]);
    const secretsPolicy =
      grants.secretArns.length + args.databaseSecretArns.length > 0
        ? [createPolicy(this, `${name}-secrets`, execution, policies.execution.secrets)]
        : [];
    const codePolicy =
      args.hasIam || queueArn !== undefined || receiverArns.length > 0
        ? [createPolicy(this, `${name}-code`, task, policies.task.code)]
        : [];
    const execPolicy =
      args.execLogGroupArn === undefined ? [] : [createPolicy(this, `${name}-exec`, task, policies.task.exec)];
    const agent = args.hasInstances ? createInstanceRole(this, name, args, policies.instance.agent) : null;

    this.instanceProfileArn = agent?.profile.arn ?? null;
    this.executionRoleArn = execution.arn;
    this.taskRole = task;
    this.policies = [
      ...(agent ? [agent.policy] : []),
      pullAndLogPolicy,
      ...secretsPolicy,
      ...codePolicy,
      ...execPolicy,
    ];
    this.registerOutputs({
      instanceProfileArn: this.instanceProfileArn,
      executionRoleArn: this.executionRoleArn,
      taskRoleArn: task.arn,
    });
  }
}

function createInstanceRole(parent: Roles, name: string, args: RolesArgs, agent: pulumi.Output<readonly object[]>) {
  const role = createRole(parent, `${name}-instance`, "ec2.amazonaws.com", args);
  const policy = createPolicy(parent, `${name}-agent`, role, agent);
  const profile = new aws.iam.InstanceProfile(
    `${name}-instance`,
    { role: role.name, path: rolePath(args.account), tags: args.tags },
    { parent },
  );
  return { policy, profile };
}

function createRole(parent: Roles, name: string, service: string, { account, tags }: RolesArgs): aws.iam.Role {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  };
  return new aws.iam.Role(name, { path: rolePath(account), assumeRolePolicy: JSON.stringify(trust), tags }, { parent });
}

function createPolicy(
  parent: Roles,
  name: string,
  role: aws.iam.Role,
  statements: pulumi.Output<readonly object[]>,
): aws.iam.RolePolicy {
  const policy = statements.apply((known) => JSON.stringify(policyDocument(known)));
  return new aws.iam.RolePolicy(name, { role: role.name, policy }, { parent });
}

function knownRights(args: RolesArgs): pulumi.Output<ServiceRights> {
  const { account, clusterNames, grants, repositoryArn, logGroupArn, execLogGroupArn, queueArn, receiverArns } = args;
  return pulumi
    .all([
      ...([account.id, repositoryArn, logGroupArn, execLogGroupArn, queueArn] as const),
      pulumi.all([...receiverArns]),
      pulumi.all([...args.databaseSecretArns]),
      pulumi.output(args.iam),
    ])
    .apply(([id, repository, logGroup, execLogGroup, queue, receivers, databaseSecrets, iam]) => ({
      account: { ...account, id },
      clusterNames,
      repositoryArn: repository,
      logGroupArn: logGroup,
      execLogGroupArn: execLogGroup,
      queueArn: queue,
      receiverArns: receivers,
      secretArns: [...grants.secretArns, ...databaseSecrets],
      iam,
      pulls: grants.pulls,
    }));
}
