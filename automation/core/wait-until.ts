import type { Clock } from "./clock";
import { StepFailed } from "./errors";

/** Looks every so often: quick enough to cost nothing against an instance's boot, slow enough for AWS's request limits. */
const INTERVAL_MS = 500;

/**
 * Looks again and again until `look` finds no faults any more.
 * @param look returns what is still wrong, one line each
 * @throws StepFailed with the last faults when the limit is over
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
    const faults = await look();
    if (faults.length === 0) return;
    if (clock.now() >= deadlineMs)
      throw new StepFailed(`${what}: ${faults.join("; ")} (after ${Math.round(limitMs / 1000)} s)`);
    onProgress(`${what}: ${faults[0]}`);
    await clock.sleep(INTERVAL_MS, signal);
  }
}
