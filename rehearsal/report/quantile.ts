/**
 * The quantile (0 to 1) of ascending values by the nearest rank, without interpolation: it is always a latency that
 * some request really had. 0 when there are no values.
 */
export function quantileOf(sorted: ArrayLike<number>, quantile: number): number {
  const rank = Math.max(1, Math.ceil(quantile * sorted.length));
  return sorted[rank - 1] ?? 0;
}

/** The values in ascending order, as a copy. */
export function sortedNumbers(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}
