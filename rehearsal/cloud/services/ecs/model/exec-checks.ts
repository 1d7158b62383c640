import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Permissions, Reachability } from "../../../kernel/ports";
import type { ContainerDefinition } from "./container-definition";
import type { Task } from "./task";
import { containersOf, type TaskDefinition } from "./task-definition";

/** What the agent calls to wait for sessions and to open one (C47). */
const ACTIONS = [
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

/**
 * Returns the container in which a command is to run.
 * @throws AwsError `InvalidParameterException`, `TargetNotConnectedException` in ECS's words (C46, C47, C49)
 */
export function checkedContainer(
  ports: { context: CloudContext; permissions: Permissions; reachability: Reachability },
  task: Task,
  { container: name, interactive }: { container: string | undefined; interactive: boolean },
): ContainerDefinition {
  if (!interactive) throw invalid("Interactive is the only mode supported currently.");
  const containers = containersOf(task.definition);
  if (name === undefined && containers.length > 1)
    throw invalid("A container name must be specified for tasks with multiple containers.");
  const container = containers.find((one) => name === undefined || one.name === name);
  if (!container) throw invalid(`The container name ${name} was not found in the task.`);
  if (task.agentStatus(container) !== "RUNNING")
    throw invalid(
      "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.",
    );
  const why = disconnection(ports, task);
  if (why === undefined) return container;
  ports.context.log(`task ${task.id}: SSM does not reach its agent of ECS Exec: ${why}`);
  throw new AwsError(
    "TargetNotConnectedException",
    "The execute command failed due to an internal error. Try again later.",
  );
}

/** Why the agent has no connection with SSM; undefined if it has one. */
function disconnection(
  { permissions, reachability }: { permissions: Permissions; reachability: Reachability },
  { definition, host }: Task,
): string | undefined {
  const { subnetId, securityGroupIds } = host.instance;
  const route = reachability.reachesService(subnetId, securityGroupIds, "ssmmessages");
  if (!route.ok) return route.reason;
  const role = taskRoleOf(permissions, definition);
  if (role === undefined) return "it has no task role";
  const refused = ACTIONS.find((action) => !permissions.allows(role, action, "*"));
  return refused && `role ${role} is not authorized to perform: ${refused}`;
}

/** Name of the role of a task's containers; undefined if it has none. */
export function taskRoleOf(permissions: Permissions, { taskRoleArn }: Pick<TaskDefinition, "taskRoleArn">) {
  return taskRoleArn === undefined ? undefined : permissions.roleNameOfArn(taskRoleArn);
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}
