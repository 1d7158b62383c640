import type { Clock } from "../core/clock";
import { transientProblem } from "../core/retry-transient";
import type { LogEvent, LogReader } from "../ports/log-reader";
import { isWanted, type LogFilter, type LogLine, logLine } from "./log-line";

/** CloudWatch Logs takes five FilterLogEvents a second from an account. */
const POLL_MS = 2_000;
/** Events may become readable after later ones: so much of the past is read again. */
const OVERLAP_MS = 15_000;

export interface LogQuery {
  logGroup: string;
  /** Unix milliseconds. */
  fromMs: number;
  /** Goes on until the signal. */
  follow: boolean;
  filter: LogFilter;
}

/**
 * Reads a service's log once, or on and on, and writes each wanted line once. Where it follows, it warns of a read that AWS does not answer, and tries again.
 * @throws whatever the reader throws where it does not follow, and what will not be gone at the next try
 */
export async function followLogs(
  { logGroup, fromMs, follow, filter }: LogQuery,
  tools: { reader: LogReader; clock: Clock; signal: AbortSignal; write(line: LogLine): void; warn(text: string): void },
): Promise<void> {
  const { reader, clock, signal, write, warn } = tools;
  let known: LogEvent[] = [];
  for (let from = fromMs; ; ) {
    const events = await reader.events(logGroup, from, { signal }).catch((error: unknown) => {
      const problem = follow ? transientProblem(error) : null;
      if (problem === null) throw error;
      return problem;
    });
    if (typeof events === "string") {
      warn(`${events}; trying again`);
      await clock.sleep(POLL_MS, signal);
      continue;
    }
    const ids = new Set(known.map(({ id }) => id));
    for (const event of events) {
      const line = ids.has(event.id) ? null : logLine(event);
      if (line && isWanted(line, filter)) write(line);
    }
    if (!follow) return;
    from = Math.max(fromMs, (events.at(-1)?.atMs ?? from) - OVERLAP_MS);
    known = events.filter(({ atMs }) => atMs >= from);
    await clock.sleep(POLL_MS, signal);
  }
}
