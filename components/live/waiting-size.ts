import { isElastic } from "../settings/elastic";
import { hasSchedule } from "../settings/scheduled-minimum";
import type { ServiceSettings } from "../settings/settings";
import type { LiveColour } from "./live";

/**
 * The size that a colour gets with the service's next release, because it runs with fewer instances than the settings have: `size 2 -> 4`, or `size.min 2 -> 4`
 * for a range. Empty if there is none, and for a colour at 0. A minimum with a schedule is not among these: Auto Scaling sets it at the schedule's next time,
 * and live state does not say whether it has. Nor is a job, which has no instances.
 */
export function waitingSize(
  { size: running }: LiveColour,
  { kind, size }: Pick<ServiceSettings, "kind" | "size">,
): string[] {
  if (kind === "job" || hasSchedule(size) || running === 0 || running >= size.min) return [];
  return [`${isElastic(size) ? "size.min" : "size"} ${running} -> ${size.min}`];
}
