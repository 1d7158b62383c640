import type { MetricWindow, TrafficPeriod } from "../../ports/observer";

/**
 * How many periods after its end a period is read. AWS gives no number for the lag of load balancer metrics. Netflix
 * found the newest minute incomplete and stays one more minute behind (Netflix/atlas pull request 1300). A count that
 * is still missing would be a zero here.
 */
const LAG_PERIODS = 1;

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

/**
 * Whether target groups get no requests any more: none in the newest period. False while there is no period.
 * @param periods those of `readableWindow` since the time from which no request is expected, oldest first
 */
export function hasNoTraffic(periods: readonly TrafficPeriod[]): boolean {
  return periods.at(-1)?.requests === 0;
}
