import type { Clock } from "../core/clock";
import {
  type DeployStore,
  type Holder,
  type Lease,
  LeaseHeldError,
  type LeaseRecord,
  StoreUnreachable,
} from "../ports/store";

/** Short enough for a person who waits, and long enough for a store that charges for each request. */
const POLL_MS = 2_000;

export interface WaitOptions {
  /** How long to wait while another process holds it; 0 asks once. */
  waitMs: number;
  /** Milliseconds between two tries; default: two seconds. */
  pollMs?: number | undefined;
  /** Called after each try with a line that says who holds it, what for and since when; or why the store did not answer. */
  onWait(line: string): void;
  /** Called before that with the lease that is in the way. */
  onHeld?: (record: LeaseRecord) => Promise<void>;
  signal: AbortSignal;
  clock: Clock;
}

/**
 * Takes the lease if it is free or becomes free in time. While it waits, a store that does not answer is asked again, like a lease that is held.
 * @throws LeaseHeldError or StoreUnreachable when the time is over; the signal's reason when it is aborted first
 */
export async function acquireLease(
  store: Pick<DeployStore, "acquire">,
  holder: Holder,
  { waitMs, pollMs = POLL_MS, onWait, onHeld, signal, clock }: WaitOptions,
): Promise<Lease> {
  const deadlineMs = clock.now() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await acquireOrTell(store, holder, onHeld);
    } catch (error) {
      const leftMs = deadlineMs - clock.now();
      if (!(error instanceof LeaseHeldError || error instanceof StoreUnreachable) || leftMs <= 0) throw error;
      onWait(error instanceof LeaseHeldError ? waitLine(error) : error.message);
      await clock.sleep(Math.min(pollMs, leftMs), signal);
    }
  }
}

/** `onHeld` may ask the store, too: what that meets is met like what the lease meets. */
async function acquireOrTell(
  store: Pick<DeployStore, "acquire">,
  holder: Holder,
  onHeld: WaitOptions["onHeld"],
): Promise<Lease> {
  try {
    return await store.acquire(holder);
  } catch (error) {
    if (error instanceof LeaseHeldError) await onHeld?.(error.record);
    throw error;
  }
}

function waitLine({ record: { holder, sinceMs } }: LeaseHeldError): string {
  return `waiting for ${holder.what} by ${holder.who} (pid ${holder.pid} on ${holder.host}), which runs since ${new Date(sinceMs).toISOString()}`;
}
