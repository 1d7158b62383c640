import { COLOURS, type Colour } from "../../components/colour-name";
import type { CloudEvent } from "../cloud/events";

/** So many instances run from `atMs` (milliseconds from the first request; 0 or more) until the next count. */
export interface InstanceCount {
  atMs: number;
  running: number;
}

/** By colour, which is a word of the Auto Scaling group's name. Groups of all services are added up. */
export function instanceCounts(events: readonly CloudEvent[], firstRequestMs: number): Record<Colour, InstanceCount[]> {
  const entries = COLOURS.map((colour) => [colour, countsOf(colour, events, firstRequestMs)] as const);
  return Object.fromEntries(entries) as Record<Colour, InstanceCount[]>;
}

function countsOf(colour: Colour, events: readonly CloudEvent[], firstRequestMs: number): InstanceCount[] {
  const isOfColour = new RegExp(`(^|[^a-z])${colour}([^a-z]|$)`, "i");
  const running = new Set<string>();
  const counts: InstanceCount[] = [{ atMs: 0, running: 0 }];
  for (const event of [...events].sort((one, another) => one.atMs - another.atMs)) {
    if (event.kind !== "instance" || !isOfColour.test(event.autoScalingGroup)) continue;
    if (event.state === "running") running.add(event.instanceId);
    else running.delete(event.instanceId);
    const atMs = Math.max(0, Math.round(event.atMs - firstRequestMs));
    if (counts.at(-1)!.atMs === atMs) counts.pop();
    if (counts.at(-1)?.running !== running.size) counts.push({ atMs, running: running.size });
  }
  return counts;
}

/** How many ran at `atMs`. */
export function runningAt(counts: readonly InstanceCount[], atMs: number): number {
  return counts.findLast((count) => count.atMs <= atMs)?.running ?? 0;
}
