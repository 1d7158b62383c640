import { setTimeout as delay } from "node:timers/promises";
import type { Notification, Notifier } from "./notification";

/** Limit for one notification, and for all notifications that are not sent yet when the run ends. */
const LIMIT_MS = 5_000;

/**
 * Sends notifications to each notifier in their order. It works in the background: a notifier never delays a
 * step of the run. It warns about the first failure of each notifier.
 */
export class Dispatch {
  readonly #queues: Map<Notifier, Promise<void>>;
  readonly #warned = new Set<Notifier>();
  readonly #closed = new AbortController();

  constructor(
    notifiers: readonly Notifier[],
    private readonly warn: (message: string) => void,
    private readonly limitMs = LIMIT_MS,
  ) {
    this.#queues = new Map(notifiers.map((notifier) => [notifier, Promise.resolve()]));
  }

  /** Adds the notification to the queue of each notifier. */
  send(notification: Notification): void {
    for (const [notifier, queue] of this.#queues)
      this.#queues.set(
        notifier,
        queue.then(() => this.#sendTo(notifier, notification)),
      );
  }

  /** Resolves when all notifications are sent or the limit is over. */
  async settled(): Promise<void> {
    const over = new AbortController();
    const limit = delay(this.limitMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([Promise.all(this.#queues.values()), limit]);
    over.abort();
    this.#closed.abort();
    await Promise.all(this.#queues.values());
  }

  async #sendTo(notifier: Notifier, notification: Notification): Promise<void> {
    const signal = AbortSignal.any([AbortSignal.timeout(this.limitMs), this.#closed.signal]);
    try {
      signal.throwIfAborted();
      await Promise.race([notifier.notify(notification, signal), aborted(signal)]);
    } catch (error) {
      if (this.#warned.has(notifier)) return;
      this.#warned.add(notifier);
      const why = signal.aborted ? `no answer within ${this.limitMs / 1000} s` : (error as Error).message;
      this.warn(`could not notify ${notifier.name}: ${why}; the run goes on without it`);
    }
  }
}

/** Rejects when the signal is aborted, even if the notifier ignores the signal. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
