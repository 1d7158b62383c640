import type { RandomNumbers } from "../../../seeded-random";

/**
 * Draws when each node follows one change: one at once, the slowest after the whole spread, the others evenly between,
 * in an order that is drawn. So a rehearsal with a longer spread always shows what that spread does, and one that asks
 * the fast node alone always believes that the change has reached all.
 * @param count number of nodes
 * @param spreadMs longest delay in real milliseconds
 * @returns real milliseconds for each node
 */
export function drawDelays(count: number, spreadMs: number, random: RandomNumbers): number[] {
  const order = Array.from({ length: count }, () => random());
  const sorted = [...order].sort((one, other) => one - other);
  return order.map((drawn) => (count === 1 ? spreadMs : (sorted.indexOf(drawn) * spreadMs) / (count - 1)));
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
