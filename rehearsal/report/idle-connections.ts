import type { CloudEvent } from "../cloud/kernel/events";
import { GroupOwners } from "./cloud/group-owners";

type Idle = Extract<CloudEvent, { kind: "idleConnection" }>;

/**
 * What was not tried of connections, in words: services that do not announce how long they keep an idle one, and of
 * which no task lived long enough to see that it is longer than the load balancer does (aws-rules E34).
 * @param endMs Unix milliseconds, until when the cloud was watched
 */
export function notTriedOfConnections(cloud: readonly CloudEvent[], endMs: number): string[] {
  const owners = new GroupOwners(cloud);
  const idle = cloud.filter((event): event is Idle => event.kind === "idleConnection");
  const known = new Set(
    cloud.flatMap((event) =>
      event.kind === "shortKeepAlive" || (event.kind === "idleConnection" && event.state === "kept")
        ? [owners.serviceOf(event.targetGroup)]
        : [],
    ),
  );
  const longest = new Map<string, { seconds: number; idleTimeoutSeconds: number }>();
  for (const left of idle) {
    const service = owners.serviceOf(left.targetGroup);
    if (left.state !== "left" || known.has(service)) continue;
    const { idleTimeoutSeconds } = left;
    const seconds = Math.min(Math.max(0, (endOf(left, cloud, endMs) - left.atMs) / 1000), idleTimeoutSeconds);
    if (seconds >= (longest.get(service)?.seconds ?? 0)) longest.set(service, { seconds, idleTimeoutSeconds });
  }
  return [...longest].map(
    ([service, { seconds, idleTimeoutSeconds }]) =>
      `whether ${service} keeps idle connections longer than ${idleTimeoutSeconds} s (seen: ${Math.floor(seconds)} s)`,
  );
}

/** When the target left the load balancer, or was not healthy any more. */
function endOf({ atMs, targetGroup, targetId }: Idle, cloud: readonly CloudEvent[], endMs: number): number {
  const end = cloud.find(
    (event) =>
      event.kind === "target" &&
      event.targetGroup === targetGroup &&
      event.targetId === targetId &&
      event.atMs >= atMs &&
      event.state !== "healthy" &&
      event.state !== "initial",
  );
  return end?.atMs ?? endMs;
}
