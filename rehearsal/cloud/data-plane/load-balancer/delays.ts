import type { RandomNumbers } from "../../../seeded-random";

/**
 * Draws when each node follows one change. The slowest node takes the whole spread, so that a rehearsal with a longer
 * spread always shows what that spread does.
 * @param count number of nodes
 * @param spreadMs longest delay in real milliseconds
 * @returns real milliseconds for each node
 */
export function drawDelays(count: number, spreadMs: number, random: RandomNumbers): number[] {
  const delays = Array.from({ length: count }, () => random() * spreadMs);
  if (count > 0) delays[delays.indexOf(Math.max(...delays))] = spreadMs;
  return delays;
}

/** Waits that end early when their node goes. */
export class Delays {
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();

  after(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve();
      }, delayMs);
      this.#waiting.set(timer, resolve);
    });
  }

  /** Ends all waits. */
  close(): void {
    for (const [timer, end] of this.#waiting) {
      clearTimeout(timer);
      end();
    }
    this.#waiting.clear();
  }
}
