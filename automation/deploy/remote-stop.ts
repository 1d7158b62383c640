import { setTimeout } from "node:timers/promises";
import { Stopped } from "../core/errors";
import type { RemoteStops } from "../ports/store";

/** Soon enough for who waits for production, and rare enough for a store that charges for each look. */
const POLL_MS = 1_000;

export interface StopListener {
  /** Aborted with a `Stopped` once the order is there. */
  signal: AbortSignal;
  end(): void;
}

/** Looks for an order to stop as long as the lease is held: a signal's place for people who are elsewhere. */
export function listenForRemoteStop(store: RemoteStops, fencing: number, pollMs = POLL_MS): StopListener {
  const [ordered, ended] = [new AbortController(), new AbortController()];
  const listen = async () => {
    for (;;) {
      await setTimeout(pollMs, undefined, { signal: ended.signal, ref: false });
      // What the store does not tell now it may tell the next time; if it stays away, the lease ends the run.
      const order = await store.remoteStop(fencing).catch(() => null);
      if (order) return ordered.abort(new Stopped(order.who));
    }
  };
  listen().catch(() => {}); // It ended.
  return { signal: ordered.signal, end: () => ended.abort() };
}
