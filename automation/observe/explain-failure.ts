import { other } from "../../components/core/colour-name";
import { countOf } from "../../components/core/count-of";
import type { ColourOutputs } from "../../components/live/outputs";
import { StepFailed } from "../core/errors";
import { beyondFreePlan, isBeyondFreePlan } from "../core/free-plan";
import type { ColourObservation, Observer } from "../ports/observer";
import { type ActiveState, idleOutputs } from "./active-state";

/** AWS refuses requests of a clock that differs by more from its own. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/**
 * Explains why idle colours did not come up: the engine, or a wait, reports only that they are not up, but AWS knows
 * why. The cause becomes the message, and the original message goes into the detail.
 * @param sinceMs when the step began, in Unix milliseconds
 * @returns the failure itself if no cause is found
 */
export async function explainFailure(
  failure: StepFailed,
  { observer }: { observer: Observer },
  state: ActiveState,
  services: readonly string[],
  sinceMs: number,
): Promise<StepFailed> {
  const causes: string[] = [];
  for (const name of services) {
    const idle = other(state.live.services[name]!.active);
    const colour = idleOutputs(state, name);
    // If AWS does not answer there is nothing to explain, and the original failure still counts.
    const observed = await observer.colour(colour).catch(() => null);
    const found = observed === null ? [] : causesOf(colour, observed, sinceMs);
    if (found.length > 0) causes.push(`${name} ${idle} did not come up: ${found.join("; ")}`);
  }
  if (causes.length === 0) return failure;
  return new StepFailed(causes.join("; "), [failure.message, failure.detail].filter(Boolean).join("\n"));
}

/**
 * Returns why a colour does not come up, each cause once, the deepest first: an instance that is not launched, one that
 * does not join the cluster, a task that does not start, a target that is not healthy. Empty when nothing is known.
 * @param sinceMs Unix milliseconds: launches that failed before belong to an earlier deploy
 */
export function causesOf(colour: ColourOutputs, observed: ColourObservation, sinceMs: number): string[] {
  if (observed.targets.length > 0 && observed.targets.every(({ state }) => state === "healthy")) return [];
  const targets = new Set(observed.targets.map(({ instanceId }) => instanceId)).size;
  const instances = Math.max(targets, observed.inService);
  const notJoined =
    instances > 0 && observed.joinedInstances === 0
      ? [
          `none of ${countOf(instances, "instance")} joined the ECS cluster ${colour.cluster}: look at the instance role, ECS_CLUSTER in the user data, and the way to ECS (NAT or endpoints)`,
        ]
      : [];
  // Tasks that failed while no instance is in the cluster belong to an earlier deploy.
  const tasks =
    notJoined.length > 0
      ? []
      : counted(
          observed.failedTasks.map(({ reason }) => reason),
          "task failed",
        );
  const launches = observed.failedActivities.filter(({ startedMs }) => startedMs >= sinceMs - CLOCKS_DIFFER_MS);
  const notLaunched = counted(
    launches.map(({ reason }) => reason),
    "launch failed",
  );
  const plan = launches.some(({ reason }) => isBeyondFreePlan(reason)) ? [beyondFreePlan("this instance type")] : [];
  const deeper = [...notLaunched, ...plan, ...notJoined, ...tasks];
  if (deeper.length > 0) return deeper;
  // One instance is a target of several groups but counts once.
  const unhealthy = new Map(
    observed.targets.flatMap((t) =>
      t.state === "healthy" || t.state === "draining" ? [] : [[t.instanceId, `${t.state}, ${t.reason}`]],
    ),
  );
  return counted([...unhealthy.values()], "target is");
}

/**
 * Returns each reason once with its count, such as `task failed: Essential container in task exited (exit code 1) (3
 * times)`.
 */
function counted(reasons: readonly string[], what: string): string[] {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) =>
    count === 1 ? `${what}: ${reason}` : `${what}: ${reason} (${count} times)`,
  );
}
