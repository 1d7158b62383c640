/**
 * The smallest value that at least the share `quantile` (0 to 1) of all values do not exceed (nearest rank, no interpolation:
 * it is always a latency that some request really had); 0 when there are none. `sorted` is ascending.
 */
export function quantileOf(sorted: ArrayLike<number>, quantile: number): number {
  const rank = Math.max(1, Math.ceil(quantile * sorted.length));
  return sorted[rank - 1] ?? 0;
}

/** Ascending; a copy. */
export function sortedNumbers(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}
