import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudClock } from "../../../kernel/clock";
import { type Operation, operation } from "../../../protocols/service";
import type { Activity } from "../model/activity";
import type { AutoScaling } from "../model/auto-scaling";
import type { Group } from "../model/group";
import type { Member } from "../model/member";
import type { ScalingPolicy } from "../model/scaling-policies";
import type { ScheduledAction } from "../model/scheduled-actions";
import { METRIC_TYPES } from "../model/tracked-metric";

const MAX_RECORDS = 100;
/** Auto Scaling's own default between two scaling activities of simple policies. AWS seconds. */
const DEFAULT_COOLDOWN_SECONDS = 300;

export function autoScalingOperations(autoScaling: AutoScaling, clock: CloudClock): Record<string, Operation> {
  return {
    /** Names that do not exist are left out, as on AWS. */
    DescribeAutoScalingGroups: operation({ AutoScalingGroupNames: z.array(z.string()).optional() }, (input) => {
      const names = input.AutoScalingGroupNames;
      const groups = autoScaling.groups.filter(({ name }) => names === undefined || names.includes(name));
      return { AutoScalingGroups: groups.map(describedGroup) };
    }),
    DescribeScalingActivities: operation(
      {
        AutoScalingGroupName: z.string(),
        MaxRecords: z.coerce.number().int().min(1).max(MAX_RECORDS).default(MAX_RECORDS),
      },
      ({ AutoScalingGroupName, MaxRecords }) => {
        const activities = autoScaling.find(AutoScalingGroupName)?.activities.all ?? [];
        return {
          Activities: activities
            .slice(0, MaxRecords)
            .map((activity) => describedActivity(AutoScalingGroupName, activity)),
        };
      },
    ),
    DescribePolicies: operation({ AutoScalingGroupName: z.string() }, ({ AutoScalingGroupName }) => ({
      ScalingPolicies: autoScaling.policies.of(AutoScalingGroupName).map(describedPolicy),
    })),
    DescribeScheduledActions: operation({ AutoScalingGroupName: z.string() }, ({ AutoScalingGroupName }) => ({
      ScheduledUpdateGroupActions: autoScaling.scheduledActions
        .of(AutoScalingGroupName)
        .map((action) => describedAction(action, clock)),
    })),
    DeleteScheduledAction: operation(
      { AutoScalingGroupName: z.string(), ScheduledActionName: z.string() },
      ({ AutoScalingGroupName, ScheduledActionName }) => {
        const { scheduledActions } = autoScaling;
        if (!scheduledActions.find(autoScaling.get(AutoScalingGroupName).name, ScheduledActionName))
          throw new AwsError("ValidationError", "Scheduled action name not found");
        scheduledActions.delete(AutoScalingGroupName, ScheduledActionName);
        return {};
      },
    ),
    PutScalingPolicy: operation(
      {
        AutoScalingGroupName: z.string(),
        PolicyName: z.string(),
        PolicyType: z.literal("TargetTrackingScaling"),
        TargetTrackingConfiguration: z.strictObject({
          PredefinedMetricSpecification: z.strictObject({
            PredefinedMetricType: z.enum(METRIC_TYPES),
            ResourceLabel: z.string().optional(),
          }),
          TargetValue: z.coerce.number().positive(),
        }),
      },
      ({ AutoScalingGroupName, PolicyName, TargetTrackingConfiguration }) => {
        const { PredefinedMetricSpecification, TargetValue } = TargetTrackingConfiguration;
        const { arn } = autoScaling.policies.put({
          groupName: AutoScalingGroupName,
          name: PolicyName,
          metricType: PredefinedMetricSpecification.PredefinedMetricType,
          resourceLabel: PredefinedMetricSpecification.ResourceLabel,
          targetValue: TargetValue,
          disableScaleIn: false,
          warmupSeconds: DEFAULT_COOLDOWN_SECONDS,
          enabled: true,
        });
        return { PolicyARN: arn };
      },
    ),
    DescribeLifecycleHooks: operation({ AutoScalingGroupName: z.string() }, ({ AutoScalingGroupName }) => ({
      LifecycleHooks: autoScaling.get(AutoScalingGroupName).hooks.all.map(({ name, heartbeatSeconds }) => ({
        LifecycleHookName: name,
        AutoScalingGroupName,
        LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        HeartbeatTimeout: heartbeatSeconds,
        DefaultResult: "CONTINUE",
      })),
    })),
    DeleteLifecycleHook: operation(
      { AutoScalingGroupName: z.string(), LifecycleHookName: z.string() },
      ({ AutoScalingGroupName, LifecycleHookName }) => {
        autoScaling.get(AutoScalingGroupName).hooks.remove(LifecycleHookName);
        return {};
      },
    ),
    TerminateInstanceInAutoScalingGroup: operation(
      { InstanceId: z.string(), ShouldDecrementDesiredCapacity: z.literal("false") },
      ({ InstanceId }) => {
        const group = autoScaling.groups.find(({ members }) =>
          members.some(({ instance }) => instance.instanceId === InstanceId),
        );
        if (!group)
          throw new AwsError("ValidationError", `Instance Id not found - No managed instance found for ${InstanceId}`);
        return { Activity: describedActivity(group.name, group.terminate(InstanceId)) };
      },
    ),
    DeletePolicy: operation(
      { AutoScalingGroupName: z.string(), PolicyName: z.string() },
      ({ AutoScalingGroupName, PolicyName }) => {
        autoScaling.policies.delete(AutoScalingGroupName, PolicyName);
        return {};
      },
    ),
  };
}

function describedGroup(group: Group) {
  const { settings } = group;
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    MinSize: settings.minSize,
    MaxSize: settings.maxSize,
    DesiredCapacity: settings.desiredCapacity,
    DefaultCooldown: DEFAULT_COOLDOWN_SECONDS,
    LaunchTemplate: { LaunchTemplateId: settings.launchTemplate.id, Version: settings.launchTemplate.version },
    AvailabilityZones: [...new Set(group.members.map(({ instance }) => instance.availabilityZone))],
    VPCZoneIdentifier: settings.subnetIds.join(","),
    TargetGroupARNs: settings.targetGroupArns,
    HealthCheckType: settings.healthCheckType,
    HealthCheckGracePeriod: settings.healthCheckGracePeriod,
    NewInstancesProtectedFromScaleIn: settings.protectFromScaleIn,
    CreatedTime: new Date(group.createdAtMs),
    Instances: group.members.map(describedMember),
    Tags: settings.tags.map(({ key, value, propagateAtLaunch }) => ({
      ResourceId: group.name,
      ResourceType: "auto-scaling-group",
      Key: key,
      Value: value,
      PropagateAtLaunch: propagateAtLaunch,
    })),
  };
}

function describedMember({ instance, lifecycleState, healthStatus, protectedFromScaleIn }: Member) {
  return {
    InstanceId: instance.instanceId,
    InstanceType: instance.instanceType,
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: lifecycleState,
    HealthStatus: healthStatus,
    LaunchTemplate: {
      LaunchTemplateId: instance.launchTemplate.id,
      LaunchTemplateName: instance.launchTemplate.name,
      Version: instance.launchTemplate.version,
    },
    ProtectedFromScaleIn: protectedFromScaleIn,
  };
}

function describedPolicy({
  arn,
  name,
  groupName,
  metricType,
  resourceLabel,
  targetValue,
  disableScaleIn,
  warmupSeconds,
  enabled,
}: ScalingPolicy) {
  return {
    AutoScalingGroupName: groupName,
    PolicyName: name,
    PolicyARN: arn,
    PolicyType: "TargetTrackingScaling",
    EstimatedInstanceWarmup: warmupSeconds,
    Enabled: enabled,
    TargetTrackingConfiguration: {
      PredefinedMetricSpecification: { PredefinedMetricType: metricType, ResourceLabel: resourceLabel },
      TargetValue: targetValue,
      DisableScaleIn: disableScaleIn,
    },
  };
}

function describedAction({ arn, groupName, name, startTimeMs, ...action }: ScheduledAction, clock: CloudClock) {
  return {
    AutoScalingGroupName: groupName,
    ScheduledActionName: name,
    ScheduledActionARN: arn,
    // One that comes once has its time from this machine's clock, as its resource type says.
    StartTime: new Date(action.recurrence === undefined ? clock.machineTime(startTimeMs) : startTimeMs),
    Recurrence: action.recurrence,
    TimeZone: action.timeZone,
    MinSize: action.minSize,
    MaxSize: action.maxSize,
    DesiredCapacity: action.desiredCapacity,
  };
}

function describedActivity(groupName: string, activity: Activity) {
  return {
    ActivityId: activity.id,
    AutoScalingGroupName: groupName,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(activity.startedAtMs),
    EndTime: activity.endedAtMs === undefined ? undefined : new Date(activity.endedAtMs),
    StatusCode: activity.status,
    StatusMessage: activity.statusMessage || undefined,
    Progress: activity.endedAtMs === undefined ? 50 : 100,
  };
}
