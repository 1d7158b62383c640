import { z } from "zod";
import { restJsonProtocol } from "../../../protocols/rest-json";
import { type Operation, operation } from "../../../protocols/service";
import type { Scheduler } from "../model/scheduler";

export const schedulerProtocol = restJsonProtocol("scheduler", [
  {
    operation: "GetSchedule",
    method: "GET",
    path: /^\/schedules\/([^/]+)$/,
    parameter: "Name",
    query: { groupName: "GroupName" },
  },
]);

export function schedulerOperations(scheduler: Scheduler): Record<string, Operation> {
  return {
    GetSchedule: operation({ Name: z.string(), GroupName: z.string().default("default") }, ({ Name, GroupName }) => {
      const { arn, state, scheduleExpression, scheduleExpressionTimezone, target } = scheduler.get(GroupName, Name);
      const { ecsParameters, retryPolicy } = target;
      const { network } = ecsParameters;
      return {
        Arn: arn,
        Name,
        GroupName,
        State: state,
        ScheduleExpression: scheduleExpression,
        ScheduleExpressionTimezone: scheduleExpressionTimezone,
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: {
          Arn: target.arn,
          RoleArn: target.roleArn,
          Input: target.input,
          EcsParameters: {
            TaskDefinitionArn: ecsParameters.taskDefinitionArn,
            LaunchType: ecsParameters.launchType,
            TaskCount: ecsParameters.taskCount,
            EnableECSManagedTags: ecsParameters.enableEcsManagedTags,
            PropagateTags: ecsParameters.propagateTags,
            NetworkConfiguration: network && {
              awsvpcConfiguration: {
                Subnets: network.subnets,
                SecurityGroups: network.securityGroups,
                AssignPublicIp: "DISABLED",
              },
            },
          },
          RetryPolicy: {
            MaximumEventAgeInSeconds: retryPolicy.maximumEventAgeInSeconds,
            MaximumRetryAttempts: retryPolicy.maximumRetryAttempts,
          },
        },
      };
    }),
  };
}
