import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";
import { isElastic } from "../settings/elastic";
import type { ServiceSettings } from "../settings/settings";

/** From launch to the first passed check: boot, join the cluster, pull, start, checks. Earlier results of the load balancer do not count. */
const GRACE_SECONDS = 600;
/** The provider's wait for the wanted number of healthy instances. */
const CAPACITY_TIMEOUT = "15m";
const NO_WAIT = "0";
/** Boot, pull and checks as a rule. Sooner, the CPU of a new instance would speak of its start and not of its work. */
const WARMUP_SECONDS = 180;
/** ECS puts this tag on a group with a capacity provider; undeclared, each run would take it off again. */
const LINKED_TAG = { key: "AmazonECSManaged", value: "true", propagateAtLaunch: true };

export interface InstancesArgs {
  /** Live size: the minimum, and the number of instances when it changes. */
  size: number;
  /** Live size after the last run. */
  previousSize: number;
  /** While `min` < `max`, load may raise the number up to `max`. */
  range: ServiceSettings["size"];
  launchTemplate: aws.ec2.LaunchTemplate;
  subnetIds: pulumi.Input<string[]>;
  /** None: nothing but EC2 says whether an instance is well, and ECS drains it before it goes. */
  targetGroups: readonly aws.lb.TargetGroup[];
  tags: Tags;
}

/** Auto Scaling group of a colour. Its size is the one knob: instances = tasks = targets. */
export function createInstances(
  name: string,
  args: InstancesArgs,
  opts: pulumi.CustomResourceOptions,
): aws.autoscaling.Group {
  const { size, previousSize, range, targetGroups } = args;
  const behindEdge = targetGroups.length > 0;
  // The number is the load's: a lower minimum must take none away, and the provider's wait wants exactly the number that it knew (aws-rules A15).
  const followsLoad = isElastic(range) && size > 0 && previousSize > 0;
  // The launch template tags instances and volumes; these are the group's own.
  const tags = Object.entries(args.tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false }));
  return new aws.autoscaling.Group(
    name,
    {
      minSize: size,
      maxSize: size > 0 && isElastic(range) ? Math.max(size, range.max) : size,
      desiredCapacity: size,
      vpcZoneIdentifiers: args.subnetIds,
      launchTemplate: { id: args.launchTemplate.id, version: "$Latest" },
      targetGroupArns: targetGroups.map((group) => group.arn),
      healthCheckType: behindEdge ? "ELB" : "EC2",
      healthCheckGracePeriod: GRACE_SECONDS,
      waitForCapacityTimeout: followsLoad ? NO_WAIT : CAPACITY_TIMEOUT,
      // An instance counts once, when every group that lists it calls it healthy. Left at N for a colour that goes to 0, the wait would never end.
      waitForElbCapacity: behindEdge && size > 0 && !followsLoad ? size : undefined,
      // Deleted with the link to its capacity provider gone, instances would be held for an hour by a hook that nobody completes.
      forceDelete: behindEdge ? undefined : true,
      tags: behindEdge ? tags : [...tags, LINKED_TAG],
    },
    { ...opts, ignoreChanges: followsLoad ? ["desiredCapacity"] : [] },
  );
}

/** Lets the number of a group's instances follow their CPU, between its minimum and its maximum. */
export function createScaling(
  name: string,
  group: aws.autoscaling.Group,
  { targetCpuPercent }: ServiceSettings["size"],
  opts: pulumi.CustomResourceOptions,
): aws.autoscaling.Policy {
  return new aws.autoscaling.Policy(
    name,
    {
      autoscalingGroupName: group.name,
      policyType: "TargetTrackingScaling",
      estimatedInstanceWarmup: WARMUP_SECONDS,
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: targetCpuPercent,
      },
    },
    opts,
  );
}
