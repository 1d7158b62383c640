/** What a metric measured in one period. */
export interface Datapoint {
  /** Start of the period in Unix milliseconds. */
  atMs: number;
  sum: number;
  samples: number;
  /** How many samples had each value. Of response times the values are rounded, and the sum is exact. */
  values: ReadonlyMap<number, number>;
}

export type Statistic = (point: Datapoint) => number;

export const SIMPLE_STATISTICS = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] as const;

const SIMPLE: Readonly<Record<(typeof SIMPLE_STATISTICS)[number], Statistic>> = {
  Sum: ({ sum }) => sum,
  SampleCount: ({ samples }) => samples,
  Average: ({ sum, samples }) => sum / samples,
  Minimum: ({ values }) => Math.min(...values.keys()),
  Maximum: ({ values }) => Math.max(...values.keys()),
};

/** `p0` to `p100`, such as `p99` or `p99.9`. */
const PERCENTILE = /^p(100|\d{1,2}(\.\d{1,10})?)$/;

export function isStatistic(name: string): boolean {
  return name in SIMPLE || PERCENTILE.test(name);
}

/** Returns the statistic of that name: `Sum`, `p99` and the like. The caller knows that there is such a one. */
export function statisticOf(name: string): Statistic {
  if (name in SIMPLE) return SIMPLE[name as keyof typeof SIMPLE];
  const share = shareOf(name)!;
  return (point) => percentile(point, share);
}

/** Returns the share of a percentile, 0.99 for `p99`; null for any other statistic. */
export function shareOf(name: string): number | null {
  return PERCENTILE.test(name) ? Number(name.slice(1)) / 100 : null;
}

/** Returns several periods as one that begins at `atMs`; undefined when there are none. */
export function together(points: readonly Datapoint[], atMs: number): Datapoint | undefined {
  if (points.length === 0) return undefined;
  const values = new Map<number, number>();
  for (const point of points)
    for (const [value, samples] of point.values) values.set(value, (values.get(value) ?? 0) + samples);
  const total = (key: "sum" | "samples") => points.reduce((sum, point) => sum + point[key], 0);
  return { atMs, sum: total("sum"), samples: total("samples"), values };
}

/** Returns the least value that is not below that share of the samples. */
function percentile({ values, samples }: Datapoint, share: number): number {
  const sorted = [...values].sort(([one], [other]) => one - other);
  const wanted = share * samples;
  let counted = 0;
  for (const [value, count] of sorted) {
    counted += count;
    if (counted >= wanted) return value;
  }
  return sorted.at(-1)![0];
}
