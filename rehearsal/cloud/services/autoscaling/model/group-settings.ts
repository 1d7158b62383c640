import { AwsError } from "../../../kernel/aws-error";

/** The settings of a group. Sizes are numbers of instances. */
export interface GroupSettings {
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  launchTemplate: { id: string; version: string };
  subnetIds: string[];
  targetGroupArns: string[];
  healthCheckType: "EC2" | "ELB";
  /** AWS seconds after InService during which the load balancers' health checks do not count (A7). */
  healthCheckGracePeriod: number;
  /** AWS seconds after InService until an instance counts as ready in the place of another one. Default: 0. */
  defaultInstanceWarmup?: number | undefined;
  /** How an instance is replaced that still runs (A33). Default: it is terminated while another one is launched. */
  instanceMaintenancePolicy?: { minHealthyPercentage: number; maxHealthyPercentage: number } | undefined;
  /** Applies to instances that are launched later (A20). */
  protectFromScaleIn: boolean;
  tags: { key: string; value: string; propagateAtLaunch: boolean }[];
}

/** Limit of target groups per Auto Scaling group (A2-A3). */
const MAX_TARGET_GROUPS = 50;

/** Limit of the range of an instance maintenance policy, in percentage points (A33). */
const MAX_POLICY_RANGE = 100;

/** @throws AwsError `ValidationError` in Auto Scaling's words (A1) */
export function checkSettings(settings: GroupSettings): void {
  const { minSize, maxSize, desiredCapacity, targetGroupArns, instanceMaintenancePolicy: policy } = settings;
  if (minSize > maxSize) {
    throw new AwsError(
      "ValidationError",
      `Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`,
    );
  }
  if (desiredCapacity < minSize || desiredCapacity > maxSize) {
    throw new AwsError(
      "ValidationError",
      `Desired capacity:${desiredCapacity} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
  }
  if (policy && policy.maxHealthyPercentage - policy.minHealthyPercentage > MAX_POLICY_RANGE) {
    throw new AwsError(
      "ValidationError",
      `The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than ${MAX_POLICY_RANGE}.`,
    );
  }
  if (targetGroupArns.length > MAX_TARGET_GROUPS) {
    throw new AwsError("LimitExceeded", `Number of Target Groups must not exceed ${MAX_TARGET_GROUPS}.`);
  }
}
