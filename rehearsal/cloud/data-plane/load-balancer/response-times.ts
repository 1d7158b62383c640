/**
 * Each step of the scale is so many times the one before: a percentile is then right within 1 %. CloudWatch, too,
 * computes percentiles from a distribution and does not keep every value.
 */
const STEP = 1.02;
/** Shorter times are taken as this one, in milliseconds: a target on the same machine answers in tenths of one. */
const SHORTEST_MS = 0.01;

/** How many responses took how long: their number by the step of a logarithmic scale. JSON keeps it as it is. */
export type ResponseTimes = Record<number, number>;

/** Counts one response more. */
export function addResponseTime(times: ResponseTimes, milliseconds: number): void {
  const step = Math.round(Math.log(Math.max(milliseconds, SHORTEST_MS)) / Math.log(STEP));
  times[step] = (times[step] ?? 0) + 1;
}

/** Returns the number of responses by their time in milliseconds, shortest first. */
export function responseTimes(times: ResponseTimes): [milliseconds: number, responses: number][] {
  return Object.entries(times)
    .map(([step, responses]): [number, number] => [STEP ** Number(step), responses])
    .sort(([one], [other]) => one - other);
}
