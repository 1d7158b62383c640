/**
 * Unix milliseconds with fractions, from a clock that never steps back: a latency must not shrink because NTP moved
 * the wall clock while a request was on its way.
 */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
