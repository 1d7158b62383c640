import type { Container, Task } from "@aws-sdk/client-ecs";

/** With this GuardDuty's runtime monitoring begins the name of the container that it adds to tasks on Fargate. */
const ADDED = "aws-guardduty-agent";

/**
 * Returns the containers that a task has of its task definition. ECS lists a task's containers in any order, and with
 * them those that AWS has added.
 */
export function ownContainers({ containers = [] }: Task): Container[] {
  return containers.filter(({ name = "" }) => !name.startsWith(ADDED));
}
