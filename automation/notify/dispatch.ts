import { setTimeout as delay } from "node:timers/promises";
import type { Notification, Notifier } from "./notification";

/** For one notification, and again for what is still under way when the run has ended. */
const LIMIT_MS = 5_000;

/**
 * Tells each notifier in the order of things, beside the run: nothing that it does or does not do holds the run up. The first failure of each is warned of.
 */
export class Dispatch {
  readonly #lines: Map<Notifier, Promise<void>>;
  readonly #warned = new Set<Notifier>();
  readonly #closed = new AbortController();

  constructor(
    notifiers: readonly Notifier[],
    private readonly warn: (message: string) => void,
    private readonly limitMs = LIMIT_MS,
  ) {
    this.#lines = new Map(notifiers.map((notifier) => [notifier, Promise.resolve()]));
  }

  tell(notification: Notification): void {
    for (const [notifier, line] of this.#lines)
      this.#lines.set(
        notifier,
        line.then(() => this.#one(notifier, notification)),
      );
  }

  /** Resolves when all were told, or when the limit is over. */
  async settled(): Promise<void> {
    const over = new AbortController();
    const limit = delay(this.limitMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([Promise.all(this.#lines.values()), limit]);
    over.abort();
    this.#closed.abort();
    await Promise.all(this.#lines.values());
  }

  async #one(notifier: Notifier, notification: Notification): Promise<void> {
    const signal = AbortSignal.any([AbortSignal.timeout(this.limitMs), this.#closed.signal]);
    try {
      signal.throwIfAborted();
      await Promise.race([notifier.notify(notification, signal), aborted(signal)]);
    } catch (error) {
      if (this.#warned.has(notifier)) return;
      this.#warned.add(notifier);
      const why = signal.aborted ? `no answer within ${this.limitMs / 1000} s` : (error as Error).message;
      this.warn(`${notifier.name} could not be told: ${why}; the run goes on without it`);
    }
  }
}

/** Rejects when the signal is aborted, whatever the notifier makes of it. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
