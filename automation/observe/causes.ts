import type { ColourOutputs } from "../../components/live/outputs";
import type { ColourObservation } from "../ports/observer";

/**
 * Why a colour does not come up, each cause once, the deepest first: an instance that is not launched, one that does not join,
 * a task that does not start, a target that is not healthy. Empty when nothing is known.
 */
export function causesOf(colour: ColourOutputs, seen: ColourObservation): string[] {
  if (seen.targets.length > 0 && seen.targets.every(({ state }) => state === "healthy")) return [];
  const targets = new Set(seen.targets.map(({ instanceId }) => instanceId)).size;
  const instances = Math.max(targets, seen.inService);
  const notJoined =
    instances > 0 && seen.joinedInstances === 0
      ? [
          `none of ${instances} instances joined the ECS cluster ${colour.cluster}: look at the instance role, ECS_CLUSTER in the user data, and the way to ECS (NAT or endpoints)`,
        ]
      : [];
  // Tasks that failed while no instance is in the cluster are those of an earlier deploy.
  const tasks =
    notJoined.length > 0
      ? []
      : counted(
          seen.failedTasks.map(({ reason }) => reason),
          "task failed",
        );
  const deeper = [...counted(seen.failedActivities, "launch failed"), ...notJoined, ...tasks];
  if (deeper.length > 0) return deeper;
  // One instance is a target of several groups: it is told once.
  const unhealthy = new Map(
    seen.targets.flatMap((t) =>
      t.state === "healthy" || t.state === "draining" ? [] : [[t.instanceId, `${t.state}, ${t.reason}`]],
    ),
  );
  return counted([...unhealthy.values()], "target is");
}

/** `task failed 3 times: Essential container in task exited (exit code 1)` */
function counted(reasons: readonly string[], what: string): string[] {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) =>
    count === 1 ? `${what}: ${reason}` : `${what}: ${reason} (${count} times)`,
  );
}
