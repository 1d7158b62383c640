import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import { DAYS, type Day } from "../core/week";
import { SCHEDULED_END, SCHEDULED_END_MARGIN_MS } from "../live/keep-warm";
import { isElastic } from "../settings/elastic";
import { hasSchedule, minimumChanges } from "../settings/scheduled-minimum";
import type { ServiceSettings } from "../settings/settings";
import { CAPACITY_MINUTES } from "./capacity-timeout";

/** The least time from launch to the first passed check: boot, join the cluster, pull, start, checks. */
const MIN_GRACE_SECONDS = 600;
const NO_WAIT = "0";
/** Usual time for boot, pull and checks. Before that the CPU of a new instance shows its start and not its work. */
const WARMUP_SECONDS = 180;
/** How the provider says that a scheduled action leaves a number as it is; without it, it would set 0. */
const UNCHANGED = -1;
/** Auto Scaling's default, by the name that it wants. */
const UTC = "Etc/UTC";
/** ECS adds this tag to a group with a capacity provider. If it were not declared, each run would remove it. */
const LINKED_TAG = { key: "AmazonECSManaged", value: "true", propagateAtLaunch: true };

/** The numbers of a group. */
export interface GroupNumbers {
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  /** The numbers that the group keeps, whatever is said here, because Auto Scaling has changed them since. */
  kept: ("minSize" | "maxSize" | "desiredCapacity")[];
  /** As in the colour's outputs. */
  hasFixedSize: boolean;
  /** As in the colour's outputs. */
  scheduledMinimum: number;
}

interface SizeArgs {
  /** Live size: the minimum, and the number of instances whenever it changes. */
  size: number;
  /** Live size after the last run. */
  previousSize: number;
  /** The group may have another size than that, because an `up` since then did not come to its end. */
  isUnsettled: boolean;
  /** Its output `hasFixedSize` after the last run. */
  hadFixedSize: boolean;
  /** Its output `scheduledMinimum` after the last run; 0 without. */
  lastScheduled: number;
  /** While `min` is less than `max`, load may raise the number up to `max`. */
  range: Pick<ServiceSettings["size"], "min" | "max" | "schedule">;
}

/**
 * The numbers that a colour's group is to have. What Auto Scaling has made of a group is kept, but not where an `up` did not come to its end: after a
 * `retire` that took the group to 0 AWS would refuse a minimum above the maximum (aws-rules A1).
 */
export function groupNumbers(args: SizeArgs): GroupNumbers {
  const { size, previousSize, isUnsettled, hadFixedSize, lastScheduled, range } = args;
  // With a new live size the minimum is sent; with the same one Pulumi's state has it already, whatever the schedule has made of it.
  const leftBySchedule = size === previousSize ? lastScheduled : 0;
  const scheduledMinimum = size > 0 ? Math.max(leftBySchedule, ...range.schedule.map(({ min }) => min)) : 0;
  const isSet = size === 0 || size !== previousSize || isUnsettled;
  if (!isElastic(range)) {
    // A number in place of a range: what the load has made of the group stays until the next release. The minimum of a schedule does not: it may be lower.
    const isKept = !isSet && !hadFixedSize;
    const kept: GroupNumbers["kept"] = isKept ? ["maxSize", "desiredCapacity"] : [];
    return {
      minSize: size,
      maxSize: size,
      desiredCapacity: size,
      kept,
      hasFixedSize: size > 0 && !isKept,
      scheduledMinimum,
    };
  }
  const kept: GroupNumbers["kept"] = [];
  // The load decides the number: a lower minimum must stop no instance. A higher one starts some, also of a group at 0.
  if (size > 0 && previousSize > 0) kept.push("desiredCapacity");
  // The schedule has set a minimum of its own by now, which only a new live size changes.
  if (!isSet && hasSchedule(range)) kept.push("minSize");
  // AWS would refuse a maximum below the minimum that a former schedule has left (aws-rules A1).
  const maxSize = size > 0 ? Math.max(size, range.max, leftBySchedule) : 0;
  return { minSize: size, maxSize, desiredCapacity: size, kept, hasFixedSize: false, scheduledMinimum };
}

export interface InstancesArgs {
  numbers: GroupNumbers;
  launchTemplate: aws.ec2.LaunchTemplate;
  subnetIds: pulumi.Input<string[]>;
  /** Without any, only EC2 checks an instance's health. */
  targetGroups: readonly aws.lb.TargetGroup[];
  /** Whether the group has a capacity provider. */
  isDrainedByEcs: boolean;
  /** How long a deploy waits for new instances. */
  healthyWithinSeconds: number;
  tags: Tags;
}

/**
 * Creates the Auto Scaling group of a colour. Its size is the only knob: instances, tasks and targets have the same
 * number.
 */
export function createInstances(
  name: string,
  args: InstancesArgs,
  opts: pulumi.CustomResourceOptions,
): aws.autoscaling.Group {
  const { targetGroups, isDrainedByEcs } = args;
  const { minSize, maxSize, desiredCapacity, kept } = args.numbers;
  // The launch template tags instances and volumes; these tags are the group's own.
  const tags = Object.entries(args.tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false }));
  return new aws.autoscaling.Group(
    name,
    {
      ...{ minSize, maxSize, desiredCapacity },
      vpcZoneIdentifiers: args.subnetIds,
      launchTemplate: { id: args.launchTemplate.id, version: "$Latest" },
      targetGroupArns: targetGroups.map((group) => group.arn),
      healthCheckType: targetGroups.length > 0 ? "ELB" : "EC2",
      // Earlier results of the load balancer do not count. An instance that comes later, of a release for which a deploy has waited,
      // has as long: Auto Scaling would replace it again and again else (aws-rules A7).
      healthCheckGracePeriod: Math.max(MIN_GRACE_SECONDS, Math.ceil(args.healthyWithinSeconds)),
      // An instance that is replaced stays until another one is ready: without that a failing health path would take all
      // instances at once, and a service with one instance would have none for minutes (aws-rules A33).
      instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 200 },
      defaultInstanceWarmup: WARMUP_SECONDS,
      // A deploy waits for instances that come, because it sees why they do not, and can be stopped meanwhile. The provider would
      // wait for exactly this number (aws-rules A15), to the end of its time, whatever happens.
      waitForCapacityTimeout: minSize > 0 ? NO_WAIT : `${CAPACITY_MINUTES}m`,
      // If the link to the capacity provider is deleted first, a hook that nobody completes holds the instances for
      // an hour.
      forceDelete: isDrainedByEcs ? true : undefined,
      tags: isDrainedByEcs ? [...tags, LINKED_TAG] : tags,
    },
    { ...opts, ignoreChanges: kept },
  );
}

/**
 * Creates the scheduled actions that change a group's minimum at times of the week. Auto Scaling refuses two calls for
 * one group at the same time, so each action waits for the one before (aws-rules A29). None is updated in place: the
 * provider would send the start time that it read, which is over by then (aws-rules A30). Nor is one created beside another that may
 * come at the same moment (aws-rules A36): an action is named by its time, and those of one time, which are for different days, are
 * deleted together before the first of them is created anew.
 */
export function createScheduledMinimums(
  name: string,
  group: aws.autoscaling.Group,
  size: ServiceSettings["size"],
  opts: pulumi.CustomResourceOptions,
): void {
  const created: { time: string; action: aws.autoscaling.Schedule }[] = [];
  for (const { days, time, min } of minimumChanges(size)) {
    const ofTime = created.filter((other) => other.time === time).map(({ action }) => action);
    const digits = time.replace(":", "");
    const actionName = ofTime.length === 0 ? `min-at-${digits}` : `min-at-${digits}-${ofTime.length + 1}`;
    const [hours, minutes] = time.split(":").map(Number);
    const action = new aws.autoscaling.Schedule(
      `${name}-${actionName}`,
      {
        autoscalingGroupName: group.name,
        // What depends on a property of a resource is deleted before that is.
        scheduledActionName: ofTime.at(-1)?.scheduledActionName.apply(() => actionName) ?? actionName,
        recurrence: `${minutes} ${hours} * * ${days.map(cronDay).join(",")}`,
        // Named, because Auto Scaling keeps the zone of an action for which none is given any more (aws-rules U3).
        timeZone: size.timeZone ?? UTC,
        minSize: min,
        maxSize: UNCHANGED,
        desiredCapacity: UNCHANGED,
      },
      {
        ...opts,
        aliases: [{ name: `${name}-${formerName(days, digits, min)}` }],
        dependsOn: created.map((other) => other.action).slice(-1),
        deleteBeforeReplace: true,
        replaceOnChanges: ["*"],
      },
    );
    created.push({ time, action });
  }
}

/** What an action was called before A36 was known: a stack of that time has it in its state. */
function formerName(days: readonly Day[], digits: string, min: number): string {
  const dayNames = days.length === DAYS.length ? "daily" : days.join("-").toLowerCase();
  return `min-${min}-at-${digits}-${dayNames}`;
}

/**
 * Creates the scheduled action that takes a group to 0 once, after the time until which its colour is kept warm. Auto
 * Scaling deletes it when it has run; then the next run deletes what is no more, which the provider takes for done
 * (aws-rules A32).
 * @param until Unix milliseconds
 */
export function createScheduledEnd(
  name: string,
  group: aws.autoscaling.Group,
  until: number,
  opts: pulumi.CustomResourceOptions,
): void {
  const startTime = new Date(until + SCHEDULED_END_MARGIN_MS).toISOString().replace(/\.\d+Z$/, "Z");
  new aws.autoscaling.Schedule(
    `${name}-${SCHEDULED_END}`,
    {
      autoscalingGroupName: group.name,
      scheduledActionName: SCHEDULED_END,
      startTime,
      minSize: 0,
      maxSize: 0,
      desiredCapacity: 0,
    },
    opts,
  );
}

/** Cron counts the days from Sunday, which is 0. */
function cronDay(day: Day): number {
  return (DAYS.indexOf(day) + 1) % DAYS.length;
}

/** A target group that counts a colour's requests. */
export interface CountedTargets {
  /** Logical name of the target group. */
  name: string;
  /** What Auto Scaling calls it: `app/<name>/<id>/targetgroup/<name>/<id>`. */
  resourceLabel: pulumi.Output<string>;
}

/**
 * Creates the policies by which the number of a group's instances follows the load, between the group's minimum and
 * maximum: one for their CPU, and one for the requests of each target group if the settings have a target for them. The
 * policy that wants most instances decides, so the group shrinks only when all of them agree (aws-rules A28).
 */
export function createScaling(
  name: string,
  group: aws.autoscaling.Group,
  { targetCpuPercent, targetRequestsPerMinute }: ServiceSettings["size"],
  countedTargets: readonly CountedTargets[],
  opts: pulumi.CustomResourceOptions,
): void {
  const track = (
    policy: string,
    predefinedMetricSpecification: { predefinedMetricType: string; resourceLabel?: pulumi.Input<string> },
    targetValue: number,
  ) =>
    new aws.autoscaling.Policy(
      policy,
      {
        autoscalingGroupName: group.name,
        policyType: "TargetTrackingScaling",
        estimatedInstanceWarmup: WARMUP_SECONDS,
        targetTrackingConfiguration: { predefinedMetricSpecification, targetValue },
      },
      opts,
    );
  track(`${name}-scaling`, { predefinedMetricType: "ASGAverageCPUUtilization" }, targetCpuPercent);
  if (targetRequestsPerMinute === undefined) return;
  for (const { name: targets, resourceLabel } of countedTargets) {
    const metric = { predefinedMetricType: "ALBRequestCountPerTarget", resourceLabel };
    track(`${targets}-requests`, metric, targetRequestsPerMinute);
  }
}
