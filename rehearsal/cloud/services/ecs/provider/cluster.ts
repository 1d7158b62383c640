import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { settled } from "../../../kernel/settled";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Cluster } from "../model/cluster";
import type { Ecs } from "../model/ecs";

/** AWS seconds for which the provider retries while the cluster is not empty (C22). */
const DELETE_SECONDS = 600;
const RETRIED_CODES = [
  "ClusterContainsCapacityProviderException",
  "ClusterContainsContainerInstancesException",
  "ClusterContainsServicesException",
  "ClusterContainsTasksException",
];

const Configuration = z.strictObject({
  executeCommandConfiguration: z.discriminatedUnion(
    "logging",
    [
      z.strictObject({ logging: z.literal("DEFAULT") }),
      z.strictObject({
        logging: z.literal("OVERRIDE"),
        logConfiguration: z.strictObject({ cloudWatchLogGroupName: z.string() }),
      }),
    ],
    { error: "the rehearsal cloud knows only the logging DEFAULT, and OVERRIDE with a log group" },
  ),
});

const inputs = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,255}$/)
    .optional(),
  settings: z
    .array(z.strictObject({ name: z.literal("containerInsights"), value: z.enum(["enabled", "disabled", "enhanced"]) }))
    .optional(),
  /** A kms key for sessions is not supported. */
  configuration: Configuration.optional(),
  tags,
});

export function clusterType(context: CloudContext, ecs: Ecs): ResourceType {
  return defineResource({
    token: "aws:ecs/cluster:Cluster",
    awsCalls: {
      create: "ecs:CreateCluster",
      read: "ecs:DescribeClusters",
      update: "ecs:UpdateCluster",
      delete: "ecs:DeleteCluster",
    },
    inputs,
    optionalComputed: ["settings"],
    replaceOn: ["name"],
    autoName: { property: "name", maxLength: 255 },
    computed: ["arn", "settings"],
    async create({ name, settings, configuration, tags: given }) {
      const cluster = ecs.createCluster(name!, given);
      configure(cluster, configuration);
      return { id: cluster.arn, outputs: { arn: cluster.arn, settings: settings ?? DEFAULT_SETTINGS } };
    },
    async read(id) {
      const cluster = ecs.findCluster(id);
      if (!cluster) return null;
      const { arn, name, execConfiguration: executeCommandConfiguration } = cluster;
      return { arn, name, ...(executeCommandConfiguration && { configuration: { executeCommandConfiguration } }) };
    },
    async update(id, { settings, configuration, tags: given = {} }) {
      const cluster = ecs.cluster(id);
      cluster.tags = given;
      configure(cluster, configuration);
      return settings ? { settings } : {};
    },
    async delete(id, _outputs, { signal }) {
      const deleted = () => {
        if (!ecs.findCluster(id)) return true;
        try {
          ecs.deleteCluster(id);
          return true;
        } catch (error) {
          if (error instanceof AwsError && RETRIED_CODES.includes(error.code)) return false;
          throw error;
        }
      };
      const inTime = await settled(context, (listener) => ecs.onChange(listener), deleted, DELETE_SECONDS, signal);
      if (!inTime) ecs.deleteCluster(id);
    },
  });
}

const DEFAULT_SETTINGS = [{ name: "containerInsights", value: "disabled" }];

/** The provider sends no configuration where there is none, so that what was set before stays (C48). */
function configure(cluster: Cluster, configuration: z.output<typeof Configuration> | undefined): void {
  if (configuration) cluster.execConfiguration = configuration.executeCommandConfiguration;
}
