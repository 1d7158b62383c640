import type { MetricWindow, TrafficPeriod } from "../../ports/observer";

/**
 * How many periods after its end a period is read. AWS gives no number for the lag of load balancer metrics. Netflix
 * found the newest minute incomplete and stays one more minute behind (Netflix/atlas pull request 1300). A count that
 * is still missing would be a zero here.
 */
const LAG_PERIODS = 1;

/**
 * For so many periods longer than asked for metrics are waited for: three minutes on AWS. AWS gives no number for the lag of load balancer
 * metrics; this one is ours.
 */
export const MAX_LATE_PERIODS = 3;

/**
 * Returns the window of the whole periods that began at `sinceMs` or later and can be read by now; empty (`toMs` =
 * `fromMs`) while there is none.
 */
export function readableWindow(sinceMs: number, nowMs: number, periodSeconds: number): MetricWindow {
  const periodMs = periodSeconds * 1000;
  const fromMs = Math.ceil(sinceMs / periodMs) * periodMs;
  const endMs = (Math.floor(nowMs / periodMs) - LAG_PERIODS) * periodMs;
  return { fromMs, toMs: Math.max(fromMs, endMs), periodSeconds };
}

/** Returns when the first whole period after `sinceMs` can be read, in Unix milliseconds. */
export function firstReadableMs(sinceMs: number, periodSeconds: number): number {
  const periodMs = periodSeconds * 1000;
  return (Math.ceil(sinceMs / periodMs) + 1 + LAG_PERIODS) * periodMs;
}

/** How many periods before a change show what was usual: ten minutes on AWS. */
const BASELINE_PERIODS = 10;

/** Returns the window of the periods before a change. */
export function baselineWindow(changeMs: number, periodSeconds: number): MetricWindow {
  return { fromMs: changeMs - BASELINE_PERIODS * periodSeconds * 1000, toMs: changeMs, periodSeconds };
}

/**
 * Returns the newest periods, only as many as have that many requests together; null if all periods together have
 * fewer.
 */
export function newestWith(requests: number, periods: readonly TrafficPeriod[]): readonly TrafficPeriod[] | null {
  let counted = 0;
  for (let first = periods.length - 1; first >= 0; first--) {
    counted += periods[first]!.requests;
    if (counted >= requests) return periods.slice(first);
  }
  return null;
}

/** The periods of two colours since a change, those of `readableWindow`, oldest first. */
interface BothColours {
  old: readonly TrafficPeriod[];
  other: readonly TrafficPeriod[];
}

/**
 * Returns the requests that the old colour got in the newest period in which either colour got some: counts that are late are
 * missing, and a missing count is a zero here. Null if neither got any.
 */
export function newestRequests({ old, other }: BothColours): number | null {
  const isCounted = ({ requests }: TrafficPeriod, index: number) => requests > 0 || (other[index]?.requests ?? 0) > 0;
  return old.findLast(isCounted)?.requests ?? null;
}

/**
 * Whether the old colour gets no requests any more, by `newestRequests`. If neither colour got any, it has no traffic only if
 * it had none before, either. False while there is no period.
 * @param hadRequests whether the colour got requests in the periods before the change
 */
export function hasNoTraffic(periods: BothColours, hadRequests: boolean): boolean {
  if (periods.old.length === 0) return false;
  const requests = newestRequests(periods);
  return requests === null ? !hadRequests : requests === 0;
}
