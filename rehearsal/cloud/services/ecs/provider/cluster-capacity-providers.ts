import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Ecs } from "../model/ecs";

const inputs = z.object({
  clusterName: z.string(),
  capacityProviders: z.array(z.string()).optional(),
  defaultCapacityProviderStrategies: z
    .array(z.unknown())
    .max(0, "the rehearsal cloud supports only clusters with an empty default strategy")
    .optional(),
});

/** The whole list of a cluster's capacity providers. The id is the cluster's name. */
export function clusterCapacityProvidersType(ecs: Ecs): ResourceType {
  const put = (clusterName: string, names: string[] = []) =>
    ecs.capacityProviders.putForCluster(ecs.cluster(clusterName), names);
  return defineResource({
    token: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    awsCalls: {
      create: "ecs:PutClusterCapacityProviders",
      read: "ecs:DescribeClusters",
      update: "ecs:PutClusterCapacityProviders",
      delete: "ecs:PutClusterCapacityProviders",
    },
    inputs,
    replaceOn: ["clusterName"],
    async create({ clusterName, capacityProviders }) {
      put(clusterName, capacityProviders);
      return { id: clusterName, outputs: {} };
    },
    async read(id, { capacityProviders }) {
      const cluster = ecs.findCluster(id);
      if (!cluster) return null;
      const linked = cluster.capacityProviders.map(({ name }) => name);
      return { clusterName: id, capacityProviders: inOrderOf(linked, (capacityProviders as string[]) ?? []) };
    },
    async update(id, { capacityProviders }) {
      put(id, capacityProviders);
      return {};
    },
    async delete(id) {
      if (ecs.findCluster(id)) put(id);
    },
  });
}

/** Returns the names in the known order: the list is a set, so another order is no difference. */
function inOrderOf(names: string[], known: string[]): string[] {
  return [...known.filter((name) => names.includes(name)), ...names.filter((name) => !known.includes(name))];
}
