import { setTimeout as delay } from "node:timers/promises";
import type { HttpClient } from "../ports/http-client";

/** Milliseconds between two requests. */
const INTERVAL_MS = 200;
const OK = 200;
/** Different reasons that are kept. */
const REASONS_KEPT = 5;

/** Requests to production under a run, sent at a fixed rate whether or not the ones before were answered. */
export class Traffic {
  sent = 0;
  failed = 0;
  readonly #reasons = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #running: Promise<void>;

  constructor(
    private readonly http: HttpClient,
    private readonly url: string,
  ) {
    this.#running = this.#run();
  }

  /** Why requests failed, for people. */
  get reasons(): string[] {
    return [...this.#reasons];
  }

  /** How many failed, and why, in one line for people. */
  get summary(): string {
    const counts = `${this.failed} of ${this.sent} requests failed under the second deploy and the rollback`;
    return this.failed === 0 ? counts : `${counts}: ${this.reasons.join("; ")}`;
  }

  /** Sends nothing more, and waits for what was sent. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.#inFlight);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const request: Promise<void> = this.#send().finally(() => this.#inFlight.delete(request));
      this.#inFlight.add(request);
      await delay(INTERVAL_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #send(): Promise<void> {
    this.sent += 1;
    const reason = await this.http.get({ url: this.url, via: null }).then(
      ({ status }) => (status === OK ? null : `status ${status}`),
      (error: Error) => error.message,
    );
    if (reason === null) return;
    this.failed += 1;
    if (this.#reasons.size < REASONS_KEPT) this.#reasons.add(reason);
  }
}
