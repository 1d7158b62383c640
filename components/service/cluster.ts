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
  /** Whether the last run left it with a log group of sessions, or told it that there is none any more. */
  hadExec: boolean;
  tags: Tags;
}

/**
 * Creates the ECS cluster of a colour.
 * @param dependsOn is deleted after it
 */
export function createCluster(
  parent: pulumi.Resource,
  name: string,
  { clusterName, containerInsights, execLogGroupName, hadExec, tags }: ClusterArgs,
  dependsOn: readonly pulumi.Resource[] = [],
): aws.ecs.Cluster {
  return new aws.ecs.Cluster(
    `${name}-cluster`,
    {
      name: clusterName,
      ...(containerInsights && { settings: [{ name: "containerInsights", value: containerInsights }] }),
      ...(execLogGroupName === undefined && !hadExec
        ? {}
        : { configuration: { executeCommandConfiguration: execConfiguration(execLogGroupName) } }),
      tags,
    },
    { parent, dependsOn: [...dependsOn] },
  );
}

/**
 * Sessions go to a log group of their own, and not to the log of the container, as they do by default. A cluster keeps the former
 * one until it is given the default by name (aws-rules C48).
 */
function execConfiguration(cloudWatchLogGroupName: pulumi.Input<string> | undefined) {
  if (cloudWatchLogGroupName === undefined) return { logging: "DEFAULT" };
  return { logging: "OVERRIDE", logConfiguration: { cloudWatchLogGroupName } };
}
