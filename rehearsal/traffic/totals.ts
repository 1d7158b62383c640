import { build } from "hdr-histogram-js";
import { isSlow, type RequestSample } from "./types";

/** Latencies are counted in tenths of a millisecond, up to two minutes. */
const TENTHS_PER_MS = 10;
const HIGHEST_TENTHS = 1_200_000;

/** The totals since the start. */
export class Totals {
  readonly #latency = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_TENTHS,
    numberOfSignificantValueDigits: 2,
  });
  ok = 0;
  failed = 0;

  add(sample: RequestSample): void {
    if (sample.error === "") this.ok += 1;
    else this.failed += 1;
    if (isSlow(sample.stream)) return;
    this.#latency.recordValue(Math.min(HIGHEST_TENTHS, Math.round(sample.latencyMs * TENTHS_PER_MS)));
  }

  /** The 99th percentile of the latencies so far, in milliseconds, without requests that take long by themselves. */
  get p99Ms(): number {
    return this.#latency.getValueAtPercentile(99) / TENTHS_PER_MS;
  }
}
