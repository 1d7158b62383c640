import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { retryWhile } from "../../../provider/retry";
import { tags } from "../../../provider/tags";
import type { Properties } from "../../../provider/wire";
import { arnSuffix } from "../model/arns";
import type { LoadBalancing } from "../model/load-balancing";
import { MAX_NAME_LENGTH } from "../model/resource-names";
import type { TargetGroupSettings, TargetGroupState } from "../model/state";

/** AWS seconds for which the provider retries to delete a group that is in use (E39). */
const DELETE_SECONDS = 120;

const inputs = z.object({
  // The provider checks the length before AWS does, so a preview fails already (E2, E3).
  name: z.string().max(MAX_NAME_LENGTH, `cannot be longer than ${MAX_NAME_LENGTH} characters`).optional(),
  namePrefix: z.string().max(6).optional(),
  port: z.number().int().min(1).max(65_535),
  protocol: z.literal("HTTP"),
  protocolVersion: z.enum(["HTTP1", "HTTP2", "GRPC"]).default("HTTP1"),
  vpcId: z.string(),
  targetType: z.literal("instance").default("instance"),
  deregistrationDelay: z.number().int().min(0).max(3600).default(300),
  loadBalancingAlgorithmType: z.literal("round_robin").default("round_robin"),
  healthCheck: z
    .strictObject({
      // ELB does not allow instance targets without health checks (E28).
      enabled: z.literal(true).default(true),
      protocol: z.literal("HTTP").default("HTTP"),
      port: z.literal("traffic-port").default("traffic-port"),
      // AWS has other defaults for the path and matcher of a group with GRPC (E57); the program never leaves them out.
      path: z.string().default("/"),
      matcher: z.string().default("200"),
      interval: z.number().default(30),
      timeout: z.number().default(5),
      healthyThreshold: z.number().default(3),
      unhealthyThreshold: z.number().default(3),
    })
    .prefault({}),
  tags,
});

type Inputs = z.output<typeof inputs>;

export function targetGroup({ targetGroups, clock }: LoadBalancing): ResourceType {
  return defineResource({
    token: "aws:lb/targetGroup:TargetGroup",
    awsCalls: {
      create: "elasticloadbalancing:CreateTargetGroup",
      read: "elasticloadbalancing:DescribeTargetGroups",
      update: "elasticloadbalancing:ModifyTargetGroup",
      delete: "elasticloadbalancing:DeleteTargetGroup",
    },
    inputs,
    // ELB cannot change these in place (E4, E56).
    optionalComputed: ["healthCheck", "loadBalancingAlgorithmType", "protocolVersion"],
    replaceOn: ["name", "namePrefix", "port", "protocol", "protocolVersion", "vpcId", "targetType"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn", "arnSuffix", "loadBalancerArns"],
    async create(given) {
      const { name = "", port, vpcId, protocolVersion, tags } = given;
      const created = targetGroups.create({ name, port, vpcId, protocolVersion, tags, settings: settingsOf(given) });
      return { id: created.arn, outputs: { ...outputsOf(created), loadBalancerArns: [] } };
    },
    async read(id) {
      const found = targetGroups.find(id);
      if (!found) return null;
      const loadBalancerArn = targetGroups.loadBalancerOf(id);
      return { ...outputsOf(found), ...argumentsOf(found), loadBalancerArns: loadBalancerArn ? [loadBalancerArn] : [] };
    },
    async update(id, given) {
      return outputsOf(targetGroups.modify(id, settingsOf(given)));
    },
    async delete(id, _outputs, { signal }) {
      await retryWhile({ code: "ResourceInUse", limitSeconds: DELETE_SECONDS, clock, signal }, () => {
        if (targetGroups.find(id)) targetGroups.delete(id);
      });
    },
  });
}

function settingsOf({ healthCheck, deregistrationDelay }: Inputs): TargetGroupSettings {
  const { path, matcher, interval, timeout, healthyThreshold, unhealthyThreshold } = healthCheck;
  return {
    healthCheck: {
      path,
      matcher,
      intervalSeconds: interval,
      timeoutSeconds: timeout,
      healthyThreshold,
      unhealthyThreshold,
    },
    deregistrationDelaySeconds: deregistrationDelay,
  };
}

function outputsOf({ arn }: TargetGroupState): Properties {
  return { arn, arnSuffix: arnSuffix(arn) };
}

function argumentsOf({
  name,
  port,
  protocol,
  protocolVersion,
  vpcId,
  targetType,
  settings,
}: TargetGroupState): Properties {
  const { path, matcher, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } = settings.healthCheck;
  return {
    name,
    port,
    protocol,
    protocolVersion,
    vpcId,
    targetType,
    deregistrationDelay: settings.deregistrationDelaySeconds,
    loadBalancingAlgorithmType: "round_robin",
    healthCheck: {
      enabled: true,
      protocol: "HTTP",
      port: "traffic-port",
      path,
      matcher,
      interval: intervalSeconds,
      timeout: timeoutSeconds,
      healthyThreshold,
      unhealthyThreshold,
    },
  };
}
