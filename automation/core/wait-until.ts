import type { Clock } from "./clock";
import { StepFailed } from "./errors";
import type { PollPace } from "./poll-pace";

/**
 * Looks again and again until `look` finds no problem any more.
 * @param what the subject of the lines for people
 * @param look returns what is still wrong, one line each
 * @param options.limitFromMs returns from when on the limit counts, in Unix milliseconds. Default: the beginning
 * @throws StepFailed with the last problems when the limit is over; the signal's reason when it is aborted
 */
export async function waitUntil(
  what: string,
  look: () => Promise<string[]>,
  options: {
    clock: Clock;
    signal: AbortSignal;
    limitMs: number;
    limitFromMs?: () => number;
    pace: PollPace;
    onProgress(line: string): void;
  },
): Promise<void> {
  const { clock, signal, limitMs, pace, onProgress } = options;
  const startedMs = clock.now();
  const { limitFromMs = () => startedMs } = options;
  for (;;) {
    signal.throwIfAborted();
    const problems = await look();
    if (problems.length === 0) return;
    const deadlineMs = limitFromMs() + limitMs;
    if (clock.now() >= deadlineMs)
      throw new StepFailed(`${what}: ${problems.join("; ")} (after ${Math.round((deadlineMs - startedMs) / 1000)} s)`);
    onProgress(`${what}: ${problems[0]}`);
    await clock.sleep(pace(clock.now() - startedMs), signal);
  }
}
