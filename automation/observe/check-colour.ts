import type { ColourOutputs } from "../../components/live/outputs";
import type { ColourObservation, ObservedTarget, ObservedTask } from "../ports/observer";
import { type ExpectedColour, leastInstances } from "./expected-colour";
import { runningTasks } from "./running-tasks";

/**
 * Returns the problems that keep a colour from being up as expected, one line each. ECS "running" does not mean
 * "healthy", and a load balancer that fails open sends requests to unhealthy targets, so tasks, digests and each target
 * group are checked separately (aws-rules C12, E32).
 */
export function checkColour(colour: ColourOutputs, observed: ColourObservation, expected: ExpectedColour): string[] {
  const problems: string[] = [];
  const size = leastInstances(expected, observed);
  const running = runningTasks(colour, observed);
  if (running.length < size)
    problems.push(`${running.length} of ${size} tasks run ${shortArn(colour.taskDefinition ?? "no task definition")}`);
  for (const task of running) problems.push(...imageProblems(task, expected));
  return [...problems, ...targetProblems(colour, observed, size)];
}

/** Returns what keeps so many targets from being healthy in each of a colour's target groups, one line each. */
export function targetProblems(colour: ColourOutputs, observed: ColourObservation, size: number): string[] {
  const problems: string[] = [];
  for (const { arn } of colour.targetGroups) {
    const targets = observed.targets.filter((target) => target.targetGroup === arn && target.state !== "draining");
    const healthy = targets.filter((target) => target.state === "healthy");
    const isComplete = healthy.length >= size;
    if (healthy.length < size) problems.push(`${healthy.length} of ${size} targets are healthy in ${shortArn(arn)}`);
    for (const target of targets) {
      if (target.state !== "healthy" && !(isComplete && isComing(target, observed)))
        problems.push(`target ${target.instanceId} is ${target.state}: ${target.reason}`);
    }
  }
  return problems;
}

/**
 * True for a target whose health nobody can know yet. It is `initial` for the first checks only, and `unhealthy` after those: its instance is registered
 * while it boots (aws-rules A8, E29). The load balancers give it no requests meanwhile.
 */
function isComing({ state, instanceId }: ObservedTarget, { instances }: ColourObservation): boolean {
  if (state === "initial") return true;
  return state === "unhealthy" && instances.some(({ id, isStarting }) => id === instanceId && isStarting === true);
}

/** Each container of a task that runs another image than expected, one line each. */
export function imageProblems(
  task: ObservedTask,
  { digest, sidecars = {} }: Pick<ExpectedColour, "digest" | "sidecars">,
): string[] {
  const where = `the task on ${task.instanceId} runs`;
  const own = ownDigest(task, sidecars);
  return [
    ...(own === digest ? [] : [`${where} ${imageText(own)}, wanted ${digest}`]),
    ...Object.entries(sidecars).flatMap(([name, wanted]) => {
      const seen = task.digests[name];
      return seen === wanted ? [] : [`${where} ${imageText(seen)} as sidecar ${name}, wanted ${wanted}`];
    }),
  ];
}

/** The digest of the service's own container, which is the one that is no sidecar; "" until its image was pulled. */
export function ownDigest({ digests }: ObservedTask, sidecars: Readonly<Record<string, string>>): string {
  return Object.entries(digests).find(([container]) => !Object.hasOwn(sidecars, container))?.[1] ?? "";
}

function imageText(digest: string | undefined): string {
  return digest || "an unknown image";
}

/** Returns the part of an ARN that a person looks for, such as `targetgroup/users-blue/0123`. */
function shortArn(arn: string): string {
  return arn.split(":").slice(5).join(":") || arn;
}
