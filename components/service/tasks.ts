import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { migrationFamily } from "../core/names";
import type { Tags } from "../core/tags";
import type { Release } from "../live/release";
import type { Roles } from "../security/roles";
import type { ServiceSettings } from "../settings/settings";
import { type ContainerArgs, migrationContainer, serviceContainers, TEMPORARY_VOLUME } from "./container";

export interface TaskDefinitionsArgs {
  /** That of the release's own task definitions: the name of the cluster. */
  family: string;
  release: Release;
  /** True keeps the task definition of the colour as it is, whatever the settings say. */
  isFrozen: boolean;
  settings: Pick<ServiceSettings, "kind" | "cpu" | "memory" | "migrate" | "exec">;
  container: ContainerArgs;
  roles: Roles;
  tags: Tags;
}

export interface TasksArgs extends TaskDefinitionsArgs {
  cluster: aws.ecs.Cluster;
  /** Time limits of the operations on the ECS service. */
  customTimeouts: pulumi.CustomTimeouts;
}

export interface TaskDefinitions {
  taskDefinition: aws.ecs.TaskDefinition;
  /** Null for a service without a migration. */
  migrationTaskDefinition: aws.ecs.TaskDefinition | null;
}

export interface Tasks extends TaskDefinitions {
  ecsService: aws.ecs.Service;
}

/** Creates the task definitions of a release: its own, and one for its migration, which the deploy runs. */
export function createTaskDefinitions(
  parent: pulumi.Resource,
  name: string,
  args: TaskDefinitionsArgs,
): TaskDefinitions {
  const { release, container, settings } = args;
  const { migrate } = settings;
  const size = { cpu: `${settings.cpu}`, memory: `${settings.memory}` };
  const taskDefinition = createTaskDefinition(parent, `${name}-task`, args, {
    family: args.family,
    ...size,
    containerDefinitions: pulumi.jsonStringify(serviceContainers(release, container)),
  });
  const migrationTaskDefinition = migrate
    ? createTaskDefinition(parent, `${name}-migrate-task`, args, {
        family: migrationFamily(args.family),
        // On Fargate each task has a machine of its own, of a size that its definition says.
        ...(settings.kind === "job" ? size : {}),
        containerDefinitions: pulumi.jsonStringify([migrationContainer(release, migrate, container)]),
      })
    : null;
  return { taskDefinition, migrationTaskDefinition };
}

/** Creates what runs on a colour's instances: a DAEMON service with one task on each instance. */
export function createTasks(parent: pulumi.Resource, name: string, args: TasksArgs): Tasks {
  const { taskDefinition, migrationTaskDefinition } = createTaskDefinitions(parent, name, args);
  const ecsService = new aws.ecs.Service(
    `${name}-service`,
    {
      cluster: args.cluster.arn,
      taskDefinition: taskDefinition.arn,
      // One task on each instance. A DAEMON service takes no count, no maximum above 100 and no capacity provider, so
      // it names its launch type. The Auto Scaling group registers the targets.
      schedulingStrategy: "DAEMON",
      launchType: "EC2",
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      ...(args.settings.exec ? { enableExecuteCommand: true } : {}),
      tags: args.tags,
    },
    // When a colour is deleted, the agents must be allowed to report until the service is gone.
    { parent, dependsOn: args.roles.policies, customTimeouts: args.customTimeouts },
  );
  return { taskDefinition, migrationTaskDefinition, ecsService };
}

function createTaskDefinition(
  parent: pulumi.Resource,
  name: string,
  { roles, isFrozen, settings, tags }: TaskDefinitionsArgs,
  own: Pick<aws.ecs.TaskDefinitionArgs, "family" | "cpu" | "memory" | "containerDefinitions">,
): aws.ecs.TaskDefinition {
  return new aws.ecs.TaskDefinition(
    name,
    {
      ...own,
      ...(settings.kind === "job"
        ? { networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"], volumes: [{ name: TEMPORARY_VOLUME }] }
        : { networkMode: "bridge", requiresCompatibilities: ["EC2"] }),
      executionRoleArn: roles.executionRoleArn,
      taskRoleArn: roles.taskRole.arn,
      // The previous revision stays for a rollback: a service cannot name a deregistered one. So do all of them after a destroy (aws-rules C51).
      skipDestroy: true,
      tags,
    },
    { parent, ignoreChanges: isFrozen ? ["containerDefinitions", "cpu", "memory"] : [] },
  );
}
