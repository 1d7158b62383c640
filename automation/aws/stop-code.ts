import type { Task } from "@aws-sdk/client-ecs";

/** False for a task that was stopped, such as by a person, ECS or Auto Scaling, and for one that has no code yet (aws-rules C52). */
export function endedByItself({ stopCode }: Pick<Task, "stopCode">): boolean {
  return stopCode === "TaskFailedToStart" || stopCode === "EssentialContainerExited";
}
