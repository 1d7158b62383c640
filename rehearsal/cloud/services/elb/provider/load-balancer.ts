import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Properties } from "../../../provider/wire";
import { arnSuffix } from "../model/arns";
import type { LoadBalancing } from "../model/load-balancing";
import { MAX_NAME_LENGTH } from "../model/resource-names";
import type { LoadBalancerSettings, LoadBalancerState } from "../model/state";

const inputs = z.object({
  // The provider checks the length before AWS does, so a preview fails already (E2, E3).
  name: z.string().max(MAX_NAME_LENGTH, `cannot be longer than ${MAX_NAME_LENGTH} characters`).optional(),
  namePrefix: z.string().max(6).optional(),
  loadBalancerType: z.literal("application").default("application"),
  internal: z.boolean().default(false),
  ipAddressType: z.literal("ipv4").default("ipv4"),
  subnets: z.array(z.string()),
  securityGroups: z
    .array(z.string())
    .min(1, "the rehearsal cloud does not fall back on the VPC's default security group: name the groups"),
  idleTimeout: z.number().default(60),
  clientKeepAlive: z.number().default(3600),
  enableDeletionProtection: z.boolean().default(false),
  accessLogs: z
    .strictObject({ bucket: z.string(), prefix: z.string().default(""), enabled: z.boolean().default(false) })
    .optional(),
  // No effect here: the data plane always rejects requests that RFC 7230 does not allow.
  desyncMitigationMode: z.enum(["defensive", "strictest", "monitor"]).default("defensive"),
  dropInvalidHeaderFields: z.boolean().default(false),
  tags,
});

type Inputs = z.output<typeof inputs>;

export function loadBalancer({ loadBalancers }: LoadBalancing): ResourceType {
  return defineResource({
    token: "aws:lb/loadBalancer:LoadBalancer",
    awsCalls: {
      create: "elasticloadbalancing:CreateLoadBalancer",
      read: "elasticloadbalancing:DescribeLoadBalancers",
      update: "elasticloadbalancing:ModifyLoadBalancerAttributes",
      delete: "elasticloadbalancing:DeleteLoadBalancer",
    },
    inputs,
    optionalComputed: ["internal", "ipAddressType"],
    replaceOn: ["name", "namePrefix", "internal", "loadBalancerType"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn", "arnSuffix", "dnsName", "zoneId", "vpcId"],
    async create(given) {
      const { name = "", internal } = given;
      const created = await loadBalancers.create({ name, internal, settings: settingsOf(given) });
      return { id: created.arn, outputs: outputsOf(created) };
    },
    async read(id) {
      const found = loadBalancers.find(id);
      return found ? { ...outputsOf(found), ...argumentsOf(found) } : null;
    },
    async update(id, given) {
      return outputsOf(await loadBalancers.modify(id, settingsOf(given)));
    },
    async delete(id) {
      if (loadBalancers.find(id)) await loadBalancers.delete(id);
    },
  });
}

function settingsOf(given: Inputs): LoadBalancerSettings {
  const { accessLogs: logs } = given;
  return {
    subnets: given.subnets,
    securityGroups: given.securityGroups,
    idleTimeoutSeconds: given.idleTimeout,
    clientKeepAliveSeconds: given.clientKeepAlive,
    deletionProtection: given.enableDeletionProtection,
    dropInvalidHeaderFields: given.dropInvalidHeaderFields,
    accessLogs: logs?.enabled ? { bucket: logs.bucket, prefix: logs.prefix } : null,
  };
}

function outputsOf({ arn, dnsName, zoneId, vpcId }: LoadBalancerState): Properties {
  return { arn, arnSuffix: arnSuffix(arn), dnsName, zoneId, vpcId };
}

function argumentsOf({ name, internal, settings }: LoadBalancerState): Properties {
  return {
    name,
    internal,
    loadBalancerType: "application",
    ipAddressType: "ipv4",
    subnets: settings.subnets,
    securityGroups: settings.securityGroups,
    idleTimeout: settings.idleTimeoutSeconds,
    clientKeepAlive: settings.clientKeepAliveSeconds,
    enableDeletionProtection: settings.deletionProtection,
    dropInvalidHeaderFields: settings.dropInvalidHeaderFields,
    ...(settings.accessLogs ? { accessLogs: { ...settings.accessLogs, enabled: true } } : {}),
  };
}
