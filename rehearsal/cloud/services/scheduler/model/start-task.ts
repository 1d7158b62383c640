import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Permissions } from "../../../kernel/ports";
import { BY_SCHEDULE, type Ecs } from "../../ecs/model/ecs";
import type { ContainerOverrides } from "../../ecs/model/task-request";
import type { Schedule } from "./schedule";

/** What Scheduler puts the time for which it calls in the place of (Y7). */
const SCHEDULED_TIME = "<aws.scheduler.scheduled-time>";

export interface StartPorts {
  context: CloudContext;
  permissions: Permissions;
  ecs: Pick<Ecs, "runTask" | "taskDefinitions" | "findCluster">;
}

const Input = z.strictObject({
  containerOverrides: z
    .array(
      z.strictObject({
        name: z.string(),
        command: z.array(z.string()).optional(),
        environment: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
      }),
    )
    .length(1),
});

/**
 * Starts the tasks of a schedule for one of its times, with the rights of its role (Y6).
 * @throws AwsError as RunTask does, and `AccessDeniedException`
 */
export function startTask({ context, ecs, permissions }: StartPorts, schedule: Schedule, timeMs: number): void {
  const { arn: clusterArn, roleArn, ecsParameters, input } = schedule.target;
  const { taskDefinitionArn, launchType, taskCount, network, enableExecuteCommand } = ecsParameters;
  const cluster = ecs.findCluster(clusterArn);
  if (!cluster) throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  const definition = ecs.taskDefinitions.usable(taskDefinitionArn);
  const role = permissions.roleNameOfArn(roleArn);
  const may = (action: string, resource: string, conditions: Record<string, string>) => {
    if (role !== undefined && permissions.allows(role, action, resource, conditions)) return;
    throw new AwsError(
      "AccessDeniedException",
      `User: ${roleArn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    );
  };
  may("ecs:RunTask", definition.arn, { "ecs:cluster": cluster.arn });
  if (ecsParameters.propagateTags !== undefined || ecsParameters.enableEcsManagedTags)
    may("ecs:TagResource", `arn:aws:ecs:${context.region}:${context.accountId}:task/${cluster.name}/*`, {
      "ecs:CreateAction": "RunTask",
    });
  for (const passed of [definition.executionRoleArn, definition.taskRoleArn])
    if (passed !== undefined) may("iam:PassRole", passed, { "iam:PassedToService": "ecs-tasks.amazonaws.com" });
  ecs.runTask(clusterArn, {
    definition,
    launchType,
    network,
    count: taskCount,
    enableExecuteCommand,
    startedBy: `${BY_SCHEDULE}${schedule.name}`,
    group: undefined,
    overrides: overridesOf(input, timeMs),
    // Several attempts for one time start one task.
    clientToken: `${schedule.arn} ${timeMs}`,
  });
}

function overridesOf(input: string | undefined, timeMs: number): ContainerOverrides & { name?: string | undefined } {
  if (input === undefined) return { environment: [] };
  const time = `${new Date(timeMs).toISOString().slice(0, "2026-11-27T12:00:00".length)}Z`;
  const { containerOverrides } = Input.parse(JSON.parse(input.replaceAll(SCHEDULED_TIME, time)));
  return containerOverrides[0]!;
}
