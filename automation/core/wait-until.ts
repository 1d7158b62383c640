import type { Clock } from "./clock";
import { StepFailed } from "./errors";

/** Short enough to cost nothing beside an instance's boot, long enough for AWS's request limits. */
const INTERVAL_MS = 500;

/**
 * Looks again and again until `look` finds no problem any more.
 * @param what the subject of the lines for people
 * @param look returns what is still wrong, one line each
 * @throws StepFailed with the last problems when the limit is over; the signal's reason when it is aborted
 */
export async function waitUntil(
  what: string,
  look: () => Promise<string[]>,
  options: { clock: Clock; signal: AbortSignal; limitMs: number; onProgress(line: string): void },
): Promise<void> {
  const { clock, signal, limitMs, onProgress } = options;
  const deadlineMs = clock.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    const problems = await look();
    if (problems.length === 0) return;
    if (clock.now() >= deadlineMs)
      throw new StepFailed(`${what}: ${problems.join("; ")} (after ${Math.round(limitMs / 1000)} s)`);
    onProgress(`${what}: ${problems[0]}`);
    await clock.sleep(INTERVAL_MS, signal);
  }
}
