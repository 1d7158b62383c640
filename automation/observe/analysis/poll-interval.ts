import { timesAsLong } from "../../core/concurrently";

/** The longest interval for a few services: often enough to see a colour fail, seldom enough for AWS's request limits. Milliseconds. */
const MAX_INTERVAL_MS = 5_000;
/** How often to look in each period of metrics, however short it is. */
const LOOKS_PER_PERIOD = 3;

/**
 * Returns the milliseconds between two looks at what a run changes.
 * @param services how many services one look is at
 */
export function pollIntervalMs(metricPeriodSeconds: number, services: number): number {
  return Math.min(MAX_INTERVAL_MS, (metricPeriodSeconds * 1000) / LOOKS_PER_PERIOD) * timesAsLong(services);
}
