import type { ColourOutputs } from "../../components/live/outputs";
import type { ColourObservation } from "../ports/observer";
import { runningTasks } from "./running-tasks";

export interface ExpectedColour {
  /**
   * The least number of instances. There are more while Auto Scaling follows the load, or replaces an instance: it
   * launches the new one first. A target that is being launched on top of `size` is no problem.
   */
  size: number;
  /** `sha256:...` */
  digest: string;
}

/**
 * Returns the problems that keep a colour from being up as expected, one line each. ECS "running" does not mean
 * "healthy", and a load balancer that fails open sends requests to unhealthy targets, so tasks, digests and each target
 * group are checked separately (aws-rules C12, E32).
 */
export function checkColour(colour: ColourOutputs, observed: ColourObservation, expected: ExpectedColour): string[] {
  const problems: string[] = [];
  const { size, digest } = expected;
  const running = runningTasks(colour, observed);
  if (running.length < size)
    problems.push(`${running.length} of ${size} tasks run ${shortArn(colour.taskDefinition ?? "no task definition")}`);
  for (const task of running) {
    if (task.digest !== digest)
      problems.push(`the task on ${task.instanceId} runs ${task.digest || "an unknown image"}, wanted ${digest}`);
  }
  for (const { arn } of colour.targetGroups) {
    const targets = observed.targets.filter((target) => target.targetGroup === arn && target.state !== "draining");
    const healthy = targets.filter((target) => target.state === "healthy");
    const isComplete = healthy.length >= size;
    if (healthy.length < size) problems.push(`${healthy.length} of ${size} targets are healthy in ${shortArn(arn)}`);
    for (const target of targets) {
      if (target.state !== "healthy" && !(isComplete && target.state === "initial"))
        problems.push(`target ${target.instanceId} is ${target.state}: ${target.reason}`);
    }
  }
  return problems;
}

/** Returns the part of an ARN that a person looks for, such as `targetgroup/users-blue/0123`. */
function shortArn(arn: string): string {
  return arn.split(":").slice(5).join(":") || arn;
}
