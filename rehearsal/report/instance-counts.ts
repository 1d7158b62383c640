import { COLOURS, type Colour } from "../../components/core/colour-name";
import type { CloudEvent } from "../cloud/kernel/events";
import { byKey } from "./by-key";
import { type GroupOwner, isGroupOf } from "./cloud/group-owners";

/** The number of instances from `atMs` (milliseconds from the first request; 0 or more) until the next count. */
export interface InstanceCount {
  atMs: number;
  running: number;
}

/** The counts by service and colour. */
export function instanceCounts(
  events: readonly CloudEvent[],
  services: readonly string[],
  firstRequestMs: number,
): Record<string, Record<Colour, InstanceCount[]>> {
  const inOrder = [...events].sort((one, another) => one.atMs - another.atMs);
  return byKey(services, (service) =>
    byKey(COLOURS, (colour) => countsOf({ service, colour }, inOrder, firstRequestMs)),
  );
}

function countsOf(owner: GroupOwner, events: readonly CloudEvent[], firstRequestMs: number): InstanceCount[] {
  const running = new Set<string>();
  const counts: InstanceCount[] = [{ atMs: 0, running: 0 }];
  for (const event of events) {
    if (event.kind !== "instance" || !isGroupOf(event.autoScalingGroup, owner)) continue;
    if (event.state === "running") running.add(event.instanceId);
    else running.delete(event.instanceId);
    const atMs = Math.max(0, Math.round(event.atMs - firstRequestMs));
    if (counts.at(-1)!.atMs === atMs) counts.pop();
    if (counts.at(-1)?.running !== running.size) counts.push({ atMs, running: running.size });
  }
  return counts;
}

/** The number of instances that ran at `atMs`. */
export function runningAt(counts: readonly InstanceCount[], atMs: number): number {
  return counts.findLast((count) => count.atMs <= atMs)?.running ?? 0;
}
