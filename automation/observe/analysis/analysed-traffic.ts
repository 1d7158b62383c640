import type { TrafficPeriod } from "../../ports/observer";
import type { Compare } from "./analyse";
import type { Rates } from "./rates";

/** What a new release was judged by, of one service: its load balancers' metrics beside the old release's. */
export interface AnalysedTraffic {
  service: string;
  /** What `old` is of: the time before the change, or the same periods on the old release. */
  compare: Compare;
  periodSeconds: number;
  /** The new release's whole periods since the change, oldest first. */
  periods: readonly TrafficPeriod[];
  /** The old release's, together. */
  old: Rates;
  /** Percentage points of 5xx that the new release may have on top of the old one's. */
  maxErrorPercent: number;
  /** Times the old release's average time that it may take. */
  maxLatencyRatio: number;
}
