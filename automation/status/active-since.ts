import type { Live } from "../../components/live/live";
import type { JournalEntry } from "../ports/journal";

/**
 * Since when a service's active colour is.
 * @param journals newest first
 * @returns Unix milliseconds of the end of its last cutover; null if these journals have none, or one that led elsewhere
 */
export function activeSince(
  journals: readonly (readonly JournalEntry[])[],
  service: string,
  { services }: Live,
): number | null {
  for (const entries of journals) {
    const cutover = entries.findLast(
      (entry) => entry.kind === "stepEnded" && entry.ok && entry.step === "cutover" && entry.services.includes(service),
    );
    if (cutover?.kind !== "stepEnded") continue;
    return cutover.live.services[service]?.active === services[service]?.active ? cutover.atMs : null;
  }
  return null;
}
