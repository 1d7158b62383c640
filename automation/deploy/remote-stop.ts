import { setTimeout } from "node:timers/promises";
import { Stopped } from "../core/errors";
import type { RemoteStops } from "../ports/store";

/** Short enough for people who wait for production, and long enough for a store that charges for each request. */
const POLL_MS = 1_000;

export interface StopListener {
  /** Aborted with a `Stopped` once somebody has requested the stop. */
  signal: AbortSignal;
  end(): void;
}

/** Polls the store for a remote stop while the lease is held. It stands for a signal where the process runs elsewhere, in CI for example. */
export function listenForRemoteStop(store: RemoteStops, fencing: number): StopListener {
  const [ordered, ended] = [new AbortController(), new AbortController()];
  const listen = async () => {
    for (;;) {
      await setTimeout(POLL_MS, undefined, { signal: ended.signal, ref: false });
      // The store may answer the next time. If it stays unreachable, the lease ends the run.
      const order = await store.remoteStop(fencing).catch(() => null);
      if (order) return ordered.abort(new Stopped(order.who));
    }
  };
  listen().catch(() => {}); // It ended.
  return { signal: ordered.signal, end: () => ended.abort() };
}
