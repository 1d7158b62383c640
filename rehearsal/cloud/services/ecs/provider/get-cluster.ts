import { z } from "zod";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";
import type { Ecs } from "../model/ecs";

/** A cluster with its tags. */
export function getCluster(ecs: Ecs): ProviderFunction {
  return defineFunction({
    token: "aws:ecs/getCluster:getCluster",
    awsCall: "ecs:DescribeClusters",
    args: z.strictObject({ clusterName: z.string() }),
    async call({ clusterName }) {
      const cluster = ecs.findCluster(clusterName);
      if (!cluster) throw new Error(`reading ECS Cluster (${clusterName}): couldn't find resource`);
      const { arn, status, tags } = cluster;
      return { id: arn, arn, clusterName, status, tags };
    },
  });
}
