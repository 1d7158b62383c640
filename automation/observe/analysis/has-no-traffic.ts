import type { TrafficPeriod } from "../../ports/observer";

/**
 * Whether target groups have no requests any more: none in the newest period. False while there is no period to go by.
 * @param periods those of `readableWindow` since the time from which nothing should come, oldest first
 */
export function hasNoTraffic(periods: readonly TrafficPeriod[]): boolean {
  return periods.at(-1)?.requests === 0;
}
