import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../components/core/user-error";
import { type Lease, LeaseLostError, type LeaseRecord, StoreUnreachable } from "../ports/store";
import type { LeaseTimes } from "./lease-times";

/** After the store did not answer. */
const RETRY_MS = 1_000;

/** How a store keeps a lease. */
export interface LeaseKeeper {
  /** Keeps it for another `leaseMs`; the lease that has taken its place, or null when nothing is there any more, if it was lost. */
  renew(): Promise<"kept" | { lostTo: LeaseRecord | null }>;
  /** Leaves it to the next one, unless it was lost. */
  release(): Promise<void>;
}

/**
 * A lease while it is held: renewed in time, and given up by itself when that fails. Its end is reckoned from when the last renewal was *sent*, by this
 * machine's monotonic clock: never later than any other one may reckon it.
 */
export class HeldLease implements Lease {
  readonly #lost = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  #expiry: NodeJS.Timeout | undefined;
  #endsAtMs = 0;
  #lastFault: unknown;
  #turn: Promise<void> = Promise.resolve();

  /** @param sentAtMs of `performance.now()`, when the lease was asked for */
  constructor(
    readonly fencing: number,
    private readonly keeper: LeaseKeeper,
    private readonly times: LeaseTimes,
    sentAtMs: number,
  ) {
    this.#keptFrom(sentAtMs);
    this.#renewal = setInterval(() => {
      this.#renew().catch((fault: unknown) => {
        this.#lastFault = fault;
      });
    }, times.renewMs).unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** While the store does not answer it asks again, until the lease has ended. */
  async assertHeld(): Promise<void> {
    for (;;) {
      this.lost.throwIfAborted();
      try {
        await this.#renew();
        return this.lost.throwIfAborted();
      } catch (error) {
        if (error instanceof UserError && !(error instanceof StoreUnreachable)) throw error;
        this.lost.throwIfAborted();
        this.#lastFault = error;
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

  /** One at a time: each has to know what the one before has written. */
  #renew(): Promise<void> {
    const renewal = this.#turn.catch(() => {}).then(() => this.#renewNow());
    this.#turn = renewal;
    return renewal;
  }

  async #renewNow(): Promise<void> {
    if (this.lost.aborted) return;
    // A process that was stopped for long must not renew before its own timer tells that it has ended.
    if (performance.now() >= this.#endsAtMs) return this.#expire();
    const sentAtMs = performance.now();
    const result = await this.keeper.renew();
    if (this.lost.aborted) return;
    if (result === "kept") this.#keptFrom(sentAtMs);
    else this.#lose(new LeaseLostError(this.fencing, result.lostTo));
  }

  #keptFrom(sentAtMs: number): void {
    this.#endsAtMs = sentAtMs + this.times.leaseMs;
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#expire(), Math.max(0, this.#endsAtMs - performance.now())).unref();
  }

  #expire(): void {
    const fault = this.#lastFault instanceof Error ? `: ${this.#lastFault.message}` : "";
    this.#lose(new LeaseLostError(this.fencing, null, `it could not be renewed in time${fault}`));
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
