import { z } from "zod";
import { NotReadyError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { defineResource, type OperationContext, type ResourceType } from "../../../provider/resource-type";
import type { Activity } from "../model/activity";
import type { AutoScaling } from "../model/auto-scaling";
import { type Capacity, waitForCapacity } from "../model/capacity-wait";
import { drained } from "../model/drain-wait";
import type { Group } from "../model/group";
import type { GroupSettings } from "../model/group-settings";
import { parseDuration } from "./duration";

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
  waitForCapacityTimeout: z.string().default("10m"),
  waitForElbCapacity: z.int().min(0).optional(),
  minElbCapacity: z.int().min(0).optional(),
  ignoreFailedScalingActivities: z.boolean().default(false),
  protectFromScaleIn: z.boolean().default(false),
  forceDelete: z.boolean().default(false),
  tags: z.array(z.strictObject({ key: z.string(), value: z.string(), propagateAtLaunch: z.boolean() })).optional(),
});

type Inputs = z.output<typeof inputs>;

/** The provider's limit for a group to be empty before it is deleted (A19). AWS seconds. */
const DELETE_SECONDS = 600;

export interface AutoScalingGroupPorts {
  context: CloudContext;
  autoScaling: AutoScaling;
  /** Id of a launch template given by its name. */
  launchTemplateId(name: string): string;
  /** What ECS knows of an instance that does not serve. */
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
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 255 },
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
      const wanted = given.desiredCapacity !== old.desiredCapacity ? given.desiredCapacity : undefined;
      autoScaling.update(id, settingsOf(ports, given, wanted ?? clamped(group.settings.desiredCapacity, given)));
      await changeTargetGroups(autoScaling, group, given.targetGroupArns ?? []);
      // Nothing else makes the provider wait: neither a new launch template nor other target groups (A15).
      if (wanted !== undefined || given.minSize !== old.minSize) {
        await waitOrFail(ports, group, given, call, earlier, (capacity) => missingOnUpdate(given, group, capacity));
      }
      return outputsOf(group);
    },
    async delete(id, outputs, { signal }) {
      const group = autoScaling.find(id);
      if (!group) return;
      if (outputs.forceDelete !== true) {
        autoScaling.update(id, { ...group.settings, minSize: 0, maxSize: 0, desiredCapacity: 0 });
        group.liftProtection();
        await drained(ports.context, group, { seconds: DELETE_SECONDS, text: "10m0s" }, signal);
      }
      autoScaling.delete(id, outputs.forceDelete === true);
    },
  });
  // Its tags are a list, which the provider does not merge with `defaultTags`.
  return { ...type, taggable: false };
}

/** At least the desired number, or the minimum; at least so many in the load balancers (A14). */
function missingOnCreate(given: Inputs, { inService, healthyInLoadBalancers }: Capacity): string | undefined {
  const wanted = given.desiredCapacity || given.minSize;
  if (inService < wanted) {
    return `want at least ${wanted} healthy instance(s) in Auto Scaling Group, have ${inService}`;
  }
  const inElb = given.waitForElbCapacity || given.minElbCapacity || 0;
  if (healthyInLoadBalancers >= inElb) return undefined;
  return `want at least ${inElb} healthy instance(s) registered to Load Balancer, have ${healthyInLoadBalancers}`;
}

/** Exactly the larger of minimum and desired, exactly so many in the load balancers; `minElbCapacity` is not read (A15, A17). */
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

/** The provider waits for removals, then for additions (A4). */
async function changeTargetGroups(autoScaling: AutoScaling, group: Group, wanted: string[]): Promise<void> {
  const current = group.settings.targetGroupArns;
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
    protectFromScaleIn: given.protectFromScaleIn,
    tags: given.tags ?? [],
  };
}

/** Raising the minimum lifts the desired size, lowering the maximum cuts it (A1). */
function clamped(desired: number, { minSize, maxSize }: Inputs): number {
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
  return { minSize, maxSize, targetGroupArns, healthCheckGracePeriod, tags };
}
