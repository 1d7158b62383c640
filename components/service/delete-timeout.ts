import type { ServiceSettings } from "../settings/settings";
import { longestStop } from "../settings/stop-time";

/** Longest time in seconds for which ECS lists an instance whose agent ended with it, and its tasks (aws-rules C23). */
export const STALE_SECONDS = 1_200;
/** The shortest of the provider's own limits for these deletions: what they take besides. Seconds. */
const OWN_SECONDS = 600;

/**
 * Returns how long the provider waits for a colour's Auto Scaling group or ECS service to be deleted, such as `1890s`:
 * its own 10 and 20 minutes are too short for a long deregistration delay or stop timeout, and for tasks that ECS still
 * lists.
 */
export function deleteTimeout(
  settings: Pick<ServiceSettings, "deregistrationDelaySeconds"> & Parameters<typeof longestStop>[0],
): string {
  return `${OWN_SECONDS + STALE_SECONDS + longestStop(settings) + settings.deregistrationDelaySeconds}s`;
}
