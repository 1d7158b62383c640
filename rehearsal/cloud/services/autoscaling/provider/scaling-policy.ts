import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { AutoScaling } from "../model/auto-scaling";
import { METRIC_TYPES } from "../model/tracked-metric";

/** The default warm-up in AWS seconds, which is a group's default cooldown. */
const DEFAULT_WARMUP_SECONDS = 300;

const inputs = z.object({
  name: z.string().min(1).max(255).optional(),
  autoscalingGroupName: z.string(),
  policyType: z.literal("TargetTrackingScaling", {
    error: "the rehearsal cloud supports only policies of the type TargetTrackingScaling",
  }),
  targetTrackingConfiguration: z.strictObject({
    predefinedMetricSpecification: z.strictObject({
      predefinedMetricType: z.enum(METRIC_TYPES, {
        error: `the rehearsal cloud supports only the metrics ${METRIC_TYPES.join(" and ")}`,
      }),
      resourceLabel: z.string().optional(),
    }),
    targetValue: z.number().positive(),
    disableScaleIn: z.boolean().optional(),
  }),
  /** AWS seconds. */
  estimatedInstanceWarmup: z.int().min(0).optional(),
  enabled: z.boolean().default(true),
});

type Inputs = z.output<typeof inputs>;

export function scalingPolicyType({ policies }: AutoScaling): ResourceType {
  return defineResource({
    token: "aws:autoscaling/policy:Policy",
    awsCalls: {
      create: "autoscaling:PutScalingPolicy",
      read: "autoscaling:DescribePolicies",
      update: "autoscaling:PutScalingPolicy",
      delete: "autoscaling:DeletePolicy",
    },
    inputs,
    replaceOn: ["name", "autoscalingGroupName"],
    autoName: { property: "name", maxLength: 255 },
    computed: ["arn", "metricAggregationType"],
    async create(given) {
      const { arn, name } = policies.put(policyOf(given));
      return { id: name, outputs: { arn, metricAggregationType: "" } };
    },
    async read(id, { autoscalingGroupName }) {
      const policy = policies.find(autoscalingGroupName as string, id);
      return policy ? { arn: policy.arn, name: policy.name, autoscalingGroupName: policy.groupName } : null;
    },
    async update(_id, given) {
      policies.put(policyOf(given));
      return {};
    },
    async delete(id, { autoscalingGroupName }) {
      policies.delete(autoscalingGroupName as string, id);
    },
  });
}

function policyOf({ name, autoscalingGroupName, estimatedInstanceWarmup, enabled, ...given }: Inputs) {
  const { predefinedMetricSpecification, targetValue, disableScaleIn = false } = given.targetTrackingConfiguration;
  return {
    name: name!,
    groupName: autoscalingGroupName,
    metricType: predefinedMetricSpecification.predefinedMetricType,
    resourceLabel: predefinedMetricSpecification.resourceLabel,
    targetValue,
    disableScaleIn,
    warmupSeconds: estimatedInstanceWarmup ?? DEFAULT_WARMUP_SECONDS,
    enabled,
  };
}
