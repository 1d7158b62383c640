import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { NotReadyError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { defineResource, type OperationContext, type ResourceType } from "../../../provider/resource-type";
import type { Activity } from "../model/activity";
import type { AutoScaling } from "../model/auto-scaling";
import type { Group } from "../model/group";
import type { GroupSettings } from "../model/group-settings";
import { type Capacity, waitForCapacity, waitUntilEmpty } from "./group-waits";

const inputs = z.object({
  name: z.string().max(255).optional(),
  namePrefix: z.string().optional(),
  minSize: z.int().min(0),
  maxSize: z.int().min(0),
  desiredCapacity: z.int().min(0).optional(),
  vpcZoneIdentifiers: z.array(z.string()).min(1),
  launchTemplate: z.strictObject({
    id: z.string().optional(),
    name: z.string().optional(),
    version: z.string().default("$Default"),
  }),
  targetGroupArns: z.array(z.string()).optional(),
  healthCheckType: z.enum(["EC2", "ELB"]).optional(),
  healthCheckGracePeriod: z.int().min(0).default(300),
  defaultInstanceWarmup: z.int().min(0).optional(),
  instanceMaintenancePolicy: z
    .strictObject({ minHealthyPercentage: z.int().min(0).max(100), maxHealthyPercentage: z.int().min(100).max(200) })
    .optional(),
  waitForCapacityTimeout: z.string().default("10m"),
  waitForElbCapacity: z.int().min(0).optional(),
  minElbCapacity: z.int().min(0).optional(),
  ignoreFailedScalingActivities: z.boolean().default(false),
  protectFromScaleIn: z.boolean().default(false),
  forceDelete: z.boolean().default(false),
  tags: z.array(z.strictObject({ key: z.string(), value: z.string(), propagateAtLaunch: z.boolean() })).optional(),
});

type Inputs = z.output<typeof inputs>;

/** The provider's time limit for a group to become empty before its deletion, in AWS seconds (A19). */
const DELETE_SECONDS = 600;

/** Seconds of Go's units. */
const UNIT_SECONDS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

export interface AutoScalingGroupPorts {
  context: CloudContext;
  autoScaling: AutoScaling;
  /** Returns the id of the launch template with a name. */
  launchTemplateId(name: string): string;
  /** Returns the reasons why an instance does not serve, as far as ECS knows. */
  explain(instanceId: string): string[];
}

export function autoScalingGroupType(ports: AutoScalingGroupPorts): ResourceType {
  const { autoScaling } = ports;
  const type = defineResource({
    token: "aws:autoscaling/group:Group",
    awsCalls: {
      create: "autoscaling:CreateAutoScalingGroup",
      read: "autoscaling:DescribeAutoScalingGroups",
      update: "autoscaling:UpdateAutoScalingGroup",
      delete: "autoscaling:DeleteAutoScalingGroup",
    },
    inputs,
    optionalComputed: ["desiredCapacity", "healthCheckType", "targetGroupArns"],
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", maxLength: 255 },
    computed: [
      "arn",
      "availabilityZones",
      "defaultCooldown",
      "healthCheckType",
      "desiredCapacity",
      "predictedCapacity",
    ],
    validate(given) {
      const { id, name } = given.launchTemplate;
      if ((id === undefined) !== (name === undefined)) return [];
      return [{ property: "launchTemplate", reason: "wanted one of id and name" }];
    },
    async create(given, call) {
      const desired = given.desiredCapacity ?? given.minSize;
      const group = autoScaling.create(given.name!, settingsOf(ports, given, desired));
      await waitOrFail(ports, group, given, call, [], (capacity) => missingOnCreate(given, capacity));
      return { id: group.name, outputs: outputsOf(group) };
    },
    async read(id) {
      const group = autoScaling.find(id);
      return group ? { ...outputsOf(group), ...sizesOf(group), name: id } : null;
    },
    async update(id, given, old, call) {
      const group = autoScaling.get(id);
      const earlier = group.activities.all;
      const changedCapacity = given.desiredCapacity !== old.desiredCapacity ? given.desiredCapacity : undefined;
      const settings = { ...group.settings, ...changedSettings(ports, given, old) };
      const desiredCapacity = changedCapacity ?? clamped(group.settings.desiredCapacity, settings);
      autoScaling.update(id, { ...settings, desiredCapacity });
      const { targetGroupArns = [] } = old;
      await changeTargetGroups(autoScaling, group, given.targetGroupArns ?? targetGroupArns, targetGroupArns);
      // The provider waits only for a new size, not for a new launch template or other target groups (A15).
      if (changedCapacity !== undefined || given.minSize !== old.minSize) {
        await waitOrFail(ports, group, given, call, earlier, (capacity) => missingOnUpdate(given, group, capacity));
      }
      return outputsOf(group);
    },
    async delete(id, outputs, { signal, timeoutSeconds = DELETE_SECONDS }) {
      const group = autoScaling.find(id);
      if (!group) return;
      if (outputs.forceDelete !== true) {
        autoScaling.update(id, { ...group.settings, minSize: 0, maxSize: 0, desiredCapacity: 0 });
        group.removeScaleInProtection();
        await waitUntilEmpty(ports.context, group, timeoutSeconds, signal);
      }
      autoScaling.delete(id, outputs.forceDelete === true);
    },
  });
  // The tags of a group are a list, which the provider does not merge with `defaultTags`.
  return { ...type, taggable: false };
}

/**
 * Returns what is missing after a create: at least the desired number or the minimum of instances, and at least the
 * given number in the load balancers (A14).
 */
function missingOnCreate(given: Inputs, { inService, healthyInLoadBalancers }: Capacity): string | undefined {
  const wanted = given.desiredCapacity || given.minSize;
  if (inService < wanted) {
    return `want at least ${wanted} healthy instance(s) in Auto Scaling Group, have ${inService}`;
  }
  const inElb = given.waitForElbCapacity || given.minElbCapacity || 0;
  if (healthyInLoadBalancers >= inElb) return undefined;
  return `want at least ${inElb} healthy instance(s) registered to Load Balancer, have ${healthyInLoadBalancers}`;
}

/**
 * Returns what is missing after an update: exactly the larger of minimum and desired number of instances, and exactly
 * the given number in the load balancers. The provider ignores `minElbCapacity` (A15, A17).
 */
function missingOnUpdate(given: Inputs, group: Group, capacity: Capacity): string | undefined {
  const { inService, healthyInLoadBalancers } = capacity;
  const wanted = Math.max(given.minSize, given.desiredCapacity ?? group.settings.desiredCapacity);
  if (inService !== wanted) {
    return `want exactly ${wanted} healthy instance(s) in Auto Scaling Group, have ${inService}`;
  }
  const inElb = given.waitForElbCapacity ?? 0;
  if (inElb === 0 || healthyInLoadBalancers === inElb) return undefined;
  return `want exactly ${inElb} healthy instance(s) registered to Load Balancer, have ${healthyInLoadBalancers}`;
}

async function waitOrFail(
  { context, explain }: AutoScalingGroupPorts,
  group: Group,
  given: Inputs,
  { signal }: OperationContext,
  earlierActivities: readonly Activity[],
  missing: (capacity: Capacity) => string | undefined,
): Promise<void> {
  const timeout = parseDuration(given.waitForCapacityTimeout);
  if (timeout.seconds === 0) return;
  const failure = await waitForCapacity({
    context,
    group,
    missing,
    timeout,
    ignoreFailedActivities: given.ignoreFailedScalingActivities,
    earlierActivities,
    explain,
    signal,
  });
  if (failure !== undefined) throw new NotReadyError(failure, group.name, { ...outputsOf(group) });
}

/** The provider sends only the settings whose values differ from the state's, whatever the group has (U2). */
function changedSettings(ports: AutoScalingGroupPorts, given: Inputs, old: Inputs): Partial<GroupSettings> {
  const { healthCheckType } = old;
  const [now, before] = [settingsOf(ports, { healthCheckType, ...given }, 0), settingsOf(ports, old, 0)];
  const keys = Object.keys(now) as (keyof GroupSettings)[];
  // The provider changes target groups by calls of their own.
  const changed = keys.filter((key) => key !== "targetGroupArns" && !isDeepStrictEqual(now[key], before[key]));
  return Object.fromEntries(changed.map((key) => [key, now[key]]));
}

/** Detaches and attaches target groups. The provider waits for removals, then for additions (A4). */
async function changeTargetGroups(
  autoScaling: AutoScaling,
  group: Group,
  wanted: readonly string[],
  current: readonly string[],
): Promise<void> {
  const removed = current.filter((arn) => !wanted.includes(arn));
  await Promise.all(removed.map((arn) => autoScaling.detach(group.name, arn)));
  for (const arn of wanted.filter((added) => !current.includes(added))) autoScaling.attach(group.name, arn);
}

function settingsOf(ports: AutoScalingGroupPorts, given: Inputs, desiredCapacity: number): GroupSettings {
  const { id, name, version } = given.launchTemplate;
  return {
    minSize: given.minSize,
    maxSize: given.maxSize,
    desiredCapacity,
    launchTemplate: { id: id ?? ports.launchTemplateId(name!), version },
    subnetIds: given.vpcZoneIdentifiers,
    targetGroupArns: given.targetGroupArns ?? [],
    healthCheckType: given.healthCheckType ?? "EC2",
    healthCheckGracePeriod: given.healthCheckGracePeriod,
    defaultInstanceWarmup: given.defaultInstanceWarmup,
    instanceMaintenancePolicy: given.instanceMaintenancePolicy,
    protectFromScaleIn: given.protectFromScaleIn,
    tags: given.tags ?? [],
  };
}

/** Returns the desired size within the limits: a higher minimum raises it, a lower maximum reduces it (A1). */
function clamped(desired: number, { minSize, maxSize }: Pick<GroupSettings, "minSize" | "maxSize">): number {
  return Math.min(Math.max(desired, minSize), maxSize);
}

function outputsOf(group: Group) {
  return {
    arn: group.arn,
    availabilityZones: [...new Set(group.members.map(({ instance }) => instance.availabilityZone))].sort(),
    defaultCooldown: 300,
    healthCheckType: group.settings.healthCheckType,
    desiredCapacity: group.settings.desiredCapacity,
    predictedCapacity: 0,
  };
}

function sizesOf({ settings }: Group) {
  const { minSize, maxSize, targetGroupArns, healthCheckGracePeriod, tags } = settings;
  const { defaultInstanceWarmup, instanceMaintenancePolicy } = settings;
  const replacement = { defaultInstanceWarmup, instanceMaintenancePolicy };
  return { minSize, maxSize, targetGroupArns, healthCheckGracePeriod, ...replacement, tags };
}

/**
 * Parses a duration in Go's form, such as `15m` or `1h30m`; `0` needs no unit. An invalid text counts as 0, as in the
 * provider.
 *
 * @returns AWS seconds, and the text as Go prints it
 */
function parseDuration(written: string): { seconds: number; text: string } {
  const parts = [...written.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  const isWhole = parts.map(([part]) => part).join("") === written;
  const seconds = isWhole ? parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_SECONDS[unit!]!, 0) : 0;
  return { seconds, text: printed(seconds) };
}

function printed(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const head = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return `${head}${seconds % 60}s`;
}
