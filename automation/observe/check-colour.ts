import type { ColourOutputs } from "../../components/live/outputs";
import type { ColourObservation } from "../ports/observer";

export interface ExpectedColour {
  size: number;
  /** `sha256:...` */
  digest: string;
  /** The size follows the load: `size` is the least, and what is being launched is no fault. Default false. */
  scales?: boolean;
}

/**
 * Everything that keeps a colour from being up as wished; empty when all is well. ECS "running" is not "healthy" and a load balancer
 * that fails open answers for unhealthy targets, so tasks, digests and each target group are judged apart (aws-rules C12, E32).
 */
export function checkColour(colour: ColourOutputs, seen: ColourObservation, wanted: ExpectedColour): string[] {
  const faults: string[] = [];
  const { size, scales = false } = wanted;
  const isWrong = (count: number) => (scales ? count < size : count !== size);
  const running = seen.tasks.filter(
    (task) => task.status === "RUNNING" && task.taskDefinition === colour.taskDefinition,
  );
  if (isWrong(running.length))
    faults.push(`${running.length} of ${size} tasks run ${shortArn(colour.taskDefinition ?? "no task definition")}`);
  for (const task of running) {
    if (task.digest !== wanted.digest)
      faults.push(`the task on ${task.instanceId} runs ${task.digest || "an unknown image"}, wanted ${wanted.digest}`);
  }
  for (const { arn } of colour.targetGroups) {
    const targets = seen.targets.filter((target) => target.targetGroup === arn && target.state !== "draining");
    const healthy = targets.filter((target) => target.state === "healthy");
    if (isWrong(healthy.length)) faults.push(`${healthy.length} of ${size} targets are healthy in ${shortArn(arn)}`);
    for (const target of targets) {
      if (target.state !== "healthy" && !(scales && target.state === "initial"))
        faults.push(`target ${target.instanceId} is ${target.state}: ${target.reason}`);
    }
  }
  return faults;
}

/** `targetgroup/users-blue/0123` of an ARN: the part that a person looks for. */
function shortArn(arn: string): string {
  return arn.split(":").slice(5).join(":") || arn;
}
