import type { Colour } from "../../components/core/colour-name";
import type { LoggedAction, ServiceLogs } from "../environment/service-logs";
import type { ColourBin } from "./bins";

/** The calls and jobs between services in one slice of time, by their logs. */
export interface WorkBin {
  /** Milliseconds from the first request to the slice's start. */
  atMs: number;
  widthMs: number;
  /** Calls that made the callee create something, by its colour; `failed` counts all calls that failed. */
  calls: ColourBin;
  /** Jobs that were sent; `jobsDone` are those that were done, by the worker's colour. */
  jobsSent: number;
  jobsDone: Record<Colour, number>;
  /** Jobs that were sent and not done at the slice's end. */
  jobsWaiting: number;
}

export interface WorkBinSettings {
  widthMs: number;
  durationMs: number;
  /** Unix milliseconds. */
  firstRequestMs: number;
  /** Ids that the caller passed on to the callee. */
  calledIds: ReadonlySet<string>;
}

export function binWork(logs: ServiceLogs, settings: WorkBinSettings): WorkBin[] {
  const { widthMs, durationMs, firstRequestMs, calledIds } = settings;
  const bins = Array.from({ length: Math.ceil(durationMs / widthMs) }, (_, index): WorkBin => {
    const atMs = index * widthMs;
    const calls = { blue: 0, green: 0, failed: 0 };
    const jobs = { jobsSent: 0, jobsDone: { blue: 0, green: 0 }, jobsWaiting: 0 };
    return { atMs, widthMs: Math.min(widthMs, durationMs - atMs), calls, ...jobs };
  });
  const binAt = (atMs: number | null) =>
    atMs === null ? undefined : bins[Math.floor((atMs - firstRequestMs) / widthMs)];
  for (const { id, atMs, colour } of logs.usersCreated) {
    const bin = calledIds.has(id) ? binAt(atMs) : undefined;
    if (bin && colour) bin.calls[colour] += 1;
  }
  for (const { atMs } of logs.callsFailed) {
    const bin = binAt(atMs);
    if (bin) bin.calls.failed += 1;
  }
  for (const { atMs } of logs.jobsSent) {
    const bin = binAt(atMs);
    if (bin) bin.jobsSent += 1;
  }
  for (const { atMs, colour } of logs.jobsDone) {
    const bin = binAt(atMs);
    if (bin && colour) bin.jobsDone[colour] += 1;
  }
  countWaiting(bins, logs, firstRequestMs);
  return bins;
}

/** Counts each job once, from its first line: a job that is done again does not wait again. */
function countWaiting(bins: readonly WorkBin[], { jobsSent, jobsDone }: ServiceLogs, firstRequestMs: number): void {
  const sentAt = firstTimes(jobsSent);
  const doneAt = firstTimes(jobsDone);
  const changes = [...sentAt].flatMap(([id, atMs]): [number, number][] => {
    const done = doneAt.get(id);
    // Two tasks write the two lines: a job can be done before its sender has logged it as sent.
    return done === undefined
      ? [[atMs, 1]]
      : [
          [atMs, 1],
          [Math.max(atMs, done), -1],
        ];
  });
  changes.sort(([one], [another]) => one - another);
  let waiting = 0;
  let next = 0;
  for (const bin of bins) {
    const endMs = firstRequestMs + bin.atMs + bin.widthMs;
    for (; next < changes.length && changes[next]![0] <= endMs; next += 1) waiting += changes[next]![1];
    bin.jobsWaiting = waiting;
  }
}

function firstTimes(actions: readonly LoggedAction[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { id, atMs } of actions) {
    if (atMs !== null) times.set(id, Math.min(atMs, times.get(id) ?? atMs));
  }
  return times;
}
