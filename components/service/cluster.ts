import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import type { Settings } from "../settings/settings";

export interface ClusterArgs {
  /** Fixed, so that policies can name it. */
  clusterName: string;
  containerInsights: Settings["containerInsights"];
  tags: Tags;
}

/** Creates the ECS cluster of a colour. */
export function createCluster(
  parent: pulumi.Resource,
  name: string,
  { clusterName, containerInsights, tags }: ClusterArgs,
): aws.ecs.Cluster {
  return new aws.ecs.Cluster(
    `${name}-cluster`,
    {
      name: clusterName,
      ...(containerInsights && { settings: [{ name: "containerInsights", value: containerInsights }] }),
      tags,
    },
    { parent },
  );
}
