/** The longest interval: often enough to see a colour fail, seldom enough for AWS's request limits. Milliseconds. */
const MAX_INTERVAL_MS = 5_000;
/** How often to look in each period of metrics, however short it is. */
const LOOKS_PER_PERIOD = 3;

/** Returns the milliseconds between two looks at what a run changes. */
export function pollIntervalMs(metricPeriodSeconds: number): number {
  return Math.min(MAX_INTERVAL_MS, (metricPeriodSeconds * 1000) / LOOKS_PER_PERIOD);
}
