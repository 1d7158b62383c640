import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../components/core/user-error";
import { type Lease, LeaseLostError, type LeaseRecord, StoreUnreachable } from "../ports/store";

/** Lengths in milliseconds. */
export interface LeaseTimes {
  /** A lease that is not renewed for this long may be taken over. */
  leaseMs: number;
  /** How often it is renewed: often enough to miss two renewals without losing it. */
  renewMs: number;
}

export const LEASE_TIMES: LeaseTimes = { leaseMs: 60_000, renewMs: 15_000 };

/** How long to wait after the store did not answer. */
const RETRY_MS = 1_000;

/** `lostTo` is the lease that has taken its place, or null if there is none. */
export type Renewal = "kept" | { lostTo: LeaseRecord | null };

/** How a backend keeps a lease that this process holds. */
export interface LeaseKeeper {
  /** Keeps the lease for another `leaseMs`, unless it was lost. */
  renew(): Promise<Renewal>;
  /** Leaves the lease to the next holder, unless it was lost. */
  release(): Promise<void>;
}

/**
 * A lease that this process holds: it renews itself in time, and is lost when that fails. Its end counts from the
 * moment at which the last renewal was *sent*, by this machine's monotonic clock: never later than any other process
 * may count it.
 */
export class HeldLease implements Lease {
  readonly #lost = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  #expiry: NodeJS.Timeout | undefined;
  #endsAtMs = 0;
  #lastError: unknown;
  #turn: Promise<void> = Promise.resolve();

  /** @param sentAtMs when the lease was asked for, by `performance.now()` */
  constructor(
    readonly fencing: number,
    private readonly keeper: LeaseKeeper,
    private readonly times: LeaseTimes,
    sentAtMs: number,
  ) {
    this.#extend(sentAtMs);
    this.#renewal = setInterval(() => {
      this.#renew().catch((error: unknown) => {
        this.#lastError = error;
      });
    }, times.renewMs).unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** While the store does not answer, it asks again until the lease has ended. */
  async assertHeld(): Promise<void> {
    for (;;) {
      this.lost.throwIfAborted();
      try {
        await this.#renew();
        return this.lost.throwIfAborted();
      } catch (error) {
        if (error instanceof UserError && !(error instanceof StoreUnreachable)) throw error;
        this.lost.throwIfAborted();
        this.#lastError = error;
        await sleep(Math.min(RETRY_MS, this.times.renewMs), undefined, { signal: this.lost }).catch(() => {});
      }
    }
  }

  async release(): Promise<void> {
    this.#stop();
    await this.#turn.catch(() => {});
    if (this.lost.aborted) return;
    this.#lost.abort(new LeaseLostError(this.fencing, null, "it was released"));
    await this.keeper.release();
  }

  /** Renews one at a time: each renewal has to know what the one before has written. */
  #renew(): Promise<void> {
    const renewal = this.#turn.catch(() => {}).then(() => this.#renewNow());
    this.#turn = renewal;
    return renewal;
  }

  async #renewNow(): Promise<void> {
    if (this.lost.aborted) return;
    // A process that was stopped for long must not renew before its own timer reports the end.
    if (performance.now() >= this.#endsAtMs) return this.#expire();
    const sentAtMs = performance.now();
    const renewal = await this.keeper.renew();
    if (this.lost.aborted) return;
    if (renewal === "kept") this.#extend(sentAtMs);
    else this.#lose(new LeaseLostError(this.fencing, renewal.lostTo));
  }

  #extend(sentAtMs: number): void {
    this.#endsAtMs = sentAtMs + this.times.leaseMs;
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#expire(), Math.max(0, this.#endsAtMs - performance.now())).unref();
  }

  #expire(): void {
    const reason = this.#lastError instanceof Error ? `: ${this.#lastError.message}` : "";
    this.#lose(new LeaseLostError(this.fencing, null, `it could not be renewed in time${reason}`));
  }

  #lose(reason: LeaseLostError): void {
    this.#stop();
    this.#lost.abort(reason);
  }

  #stop(): void {
    clearInterval(this.#renewal);
    clearTimeout(this.#expiry);
  }
}
