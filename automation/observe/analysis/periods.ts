import type { MetricWindow, TrafficPeriod } from "../../ports/observer";

/**
 * So many periods after its end a period is read. AWS gives no number for the lag of load balancer metrics; who reads them for a living found the newest
 * minute incomplete and stays one more behind (Netflix/atlas pull request 1300). A count that is still missing would be a zero here.
 */
const LAG_PERIODS = 1;

/** The whole periods that began at `sinceMs` or later and can be read by now; empty (`toMs` = `fromMs`) while there is none. */
export function readableWindow(sinceMs: number, nowMs: number, periodSeconds: number): MetricWindow {
  const periodMs = periodSeconds * 1000;
  const fromMs = Math.ceil(sinceMs / periodMs) * periodMs;
  const endMs = (Math.floor(nowMs / periodMs) - LAG_PERIODS) * periodMs;
  return { fromMs, toMs: Math.max(fromMs, endMs), periodSeconds };
}

/** The newest periods, as few as have that many requests together; null if all have fewer. */
export function newestWith(requests: number, periods: readonly TrafficPeriod[]): readonly TrafficPeriod[] | null {
  let counted = 0;
  for (let first = periods.length - 1; first >= 0; first--) {
    counted += periods[first]!.requests;
    if (counted >= requests) return periods.slice(first);
  }
  return null;
}
