import type { Activity } from "../aws/auto-scaling/activity";
import type { AutoScaling } from "../aws/auto-scaling/auto-scaling";
import type { Operation } from "./service";

export function autoScalingOperations(autoScaling: AutoScaling): Record<string, Operation> {
  return {
    DescribeScalingActivities: ({ AutoScalingGroupName, MaxRecords }) => {
      const name = String(AutoScalingGroupName);
      const activities = autoScaling.find(name)?.activities.all ?? [];
      return {
        Activities: activities.slice(0, Number(MaxRecords ?? 100)).map((activity) => described(name, activity)),
      };
    },
  };
}

function described(groupName: string, activity: Activity) {
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
