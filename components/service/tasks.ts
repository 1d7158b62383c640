import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import type { Release } from "../live/live";
import type { Roles } from "../security/roles";
import type { ServiceSettings } from "../settings/settings";
import { type ContainerArgs, migrationContainer, serviceContainer } from "./container";

export interface TasksArgs {
  cluster: aws.ecs.Cluster;
  /** Name of the cluster and of the task definitions' family. */
  clusterName: string;
  release: Release;
  /** True keeps what the colour runs, whatever the settings say. */
  frozen: boolean;
  settings: Pick<ServiceSettings, "cpu" | "memory" | "migrate">;
  container: ContainerArgs;
  roles: Roles;
  tags: Tags;
}

export interface Tasks {
  taskDefinition: aws.ecs.TaskDefinition;
  /** Null for a service that has none. */
  migrationTaskDefinition: aws.ecs.TaskDefinition | null;
  ecsService: aws.ecs.Service;
}

/** What runs on a colour's instances: one task on each (a DAEMON service); and, for whoever runs it, the release's migration. */
export function createTasks(parent: pulumi.Resource, name: string, args: TasksArgs): Tasks {
  const { release, container, settings } = args;
  const { migrate } = settings;
  const taskDefinition = createTaskDefinition(parent, `${name}-task`, args, {
    family: args.clusterName,
    cpu: `${settings.cpu}`,
    memory: `${settings.memory}`,
    containerDefinitions: pulumi.jsonStringify([serviceContainer(release, container)]),
  });
  const migrationTaskDefinition = migrate
    ? createTaskDefinition(parent, `${name}-migrate-task`, args, {
        family: `${args.clusterName}-migrate`,
        containerDefinitions: pulumi.jsonStringify([migrationContainer(release, migrate, container)]),
      })
    : null;
  const ecsService = new aws.ecs.Service(
    `${name}-service`,
    {
      cluster: args.cluster.arn,
      taskDefinition: taskDefinition.arn,
      // One task on each instance; a daemon takes neither a count nor a maximum above 100, nor a capacity provider: it says its launch type itself.
      // Targets are registered by the Auto Scaling group.
      schedulingStrategy: "DAEMON",
      launchType: "EC2",
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      tags: args.tags,
    },
    // On the way down the agents have to be allowed to report until the service is gone.
    { parent, dependsOn: args.roles.policies },
  );
  return { taskDefinition, migrationTaskDefinition, ecsService };
}

function createTaskDefinition(
  parent: pulumi.Resource,
  name: string,
  { roles, frozen, tags }: TasksArgs,
  own: Pick<aws.ecs.TaskDefinitionArgs, "family" | "cpu" | "memory" | "containerDefinitions">,
): aws.ecs.TaskDefinition {
  return new aws.ecs.TaskDefinition(
    name,
    {
      ...own,
      networkMode: "bridge",
      requiresCompatibilities: ["EC2"],
      executionRoleArn: roles.executionRoleArn,
      taskRoleArn: roles.taskRoleArn,
      // The revision before stays, to roll back to: services cannot name a deregistered one.
      skipDestroy: true,
      tags,
    },
    { parent, ignoreChanges: frozen ? ["containerDefinitions", "cpu", "memory"] : [] },
  );
}
