import type { PageFault } from "../../../automation/page/deploy/model";
import type { CloudEvent } from "../../cloud/kernel/events";

/** Faults that were on while there was traffic, in the order in which they were switched on. Times from `firstRequestMs`. */
export function faultHistory(events: readonly CloudEvent[], firstRequestMs: number): PageFault[] {
  const faults = new Map<string, PageFault>();
  for (const event of events) {
    if (event.kind !== "fault") continue;
    const atMs = Math.round(event.atMs - firstRequestMs);
    const { id, fault: kind, state, detail } = event;
    if (state === "on") faults.set(id, { id, kind, fromMs: atMs, toMs: null, parameters: detail, strikes: [] });
    const fault = faults.get(id);
    if (fault && state === "struck") fault.strikes.push({ atMs, where: detail });
    if (fault && state === "off") fault.toMs = atMs;
  }
  return [...faults.values()].filter(({ toMs }) => toMs === null || toMs >= 0);
}
