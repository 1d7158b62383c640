import type { CloudContext } from "../../../kernel/context";
import type { Datapoint } from "./statistics";

const MINUTE_SECONDS = 60;

/** The metrics of other services than load balancers, by namespace: each counts something that seldom happens. */
export const COUNTED: Readonly<Record<string, readonly string[]>> = {
  "AWS/Events": ["TriggeredRules"],
  "AWS/Scheduler": ["InvocationDroppedCount"],
};

export interface CountedMetric {
  namespace: string;
  metricName: string;
  dimensions: Readonly<Record<string, string>>;
}

/** Counts of things that happened, each at a time. */
export class CountedMetrics {
  readonly #times = new Map<string, number[]>();
  readonly #publishedAfterMs: number;
  readonly #minuteMs: number;

  constructor(
    { clock, assumptions }: Pick<CloudContext, "clock" | "assumptions">,
    private readonly now: () => number = Date.now,
  ) {
    this.#minuteMs = clock.realMs(MINUTE_SECONDS);
    this.#publishedAfterMs = clock.realMs(assumptions.metricDelay.max);
  }

  count(metric: CountedMetric): void {
    const key = keyOf(metric);
    this.#times.set(key, [...(this.#times.get(key) ?? []), this.now()]);
  }

  /**
   * Returns what was counted in some minutes as one data point, from the first minute on and without the last one, by their numbers
   * since 1970; undefined if that is nothing, or not published yet.
   */
  sumUp(metric: CountedMetric, fromMinute: number, toMinute: number): Datapoint | undefined {
    if (toMinute * this.#minuteMs > this.now() - this.#publishedAfterMs) return undefined;
    const times = this.#times.get(keyOf(metric)) ?? [];
    const count = times.filter(
      (atMs) => atMs >= fromMinute * this.#minuteMs && atMs < toMinute * this.#minuteMs,
    ).length;
    if (count === 0) return undefined;
    return { atMs: fromMinute * this.#minuteMs, sum: count, samples: count, values: new Map([[1, count]]) };
  }
}

function keyOf({ namespace, metricName, dimensions }: CountedMetric): string {
  const sorted = Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([namespace, metricName, sorted]);
}
