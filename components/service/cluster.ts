import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import type { Settings } from "../settings/settings";

export interface ClusterArgs {
  /** Fixed, so that policies can name it. */
  clusterName: string;
  containerInsights: Settings["containerInsights"];
  /** Where sessions of ECS Exec are logged; undefined without. */
  execLogGroupName: pulumi.Input<string> | undefined;
  tags: Tags;
}

/**
 * Creates the ECS cluster of a colour.
 * @param dependsOn is deleted after it
 */
export function createCluster(
  parent: pulumi.Resource,
  name: string,
  { clusterName, containerInsights, execLogGroupName, tags }: ClusterArgs,
  dependsOn: readonly pulumi.Resource[] = [],
): aws.ecs.Cluster {
  return new aws.ecs.Cluster(
    `${name}-cluster`,
    {
      name: clusterName,
      ...(containerInsights && { settings: [{ name: "containerInsights", value: containerInsights }] }),
      ...(execLogGroupName === undefined ? {} : { configuration: execConfiguration(execLogGroupName) }),
      tags,
    },
    { parent, dependsOn: [...dependsOn] },
  );
}

/** Sessions go to a log group of their own, and not to the log of the container, as they do by default. */
function execConfiguration(cloudWatchLogGroupName: pulumi.Input<string>) {
  return { executeCommandConfiguration: { logging: "OVERRIDE", logConfiguration: { cloudWatchLogGroupName } } };
}
