/** At most, in real milliseconds: often enough to see a colour fail, seldom enough for AWS's request limits. */
const LOOK_MS = 5_000;
/** So often in each period, however short it is. */
const LOOKS_IN_PERIOD = 3;

/** Between two looks at what a run changes. */
export function pollIntervalMs(metricPeriodSeconds: number): number {
  return Math.min(LOOK_MS, (metricPeriodSeconds * 1000) / LOOKS_IN_PERIOD);
}
