import { hostname } from "node:os";
import { RUN_END_MS } from "../core/engine-limits";
import { whoAmI } from "../core/process/who-am-i";
import { type DeployStore, type Holder, type Lease, LeaseHeldError } from "../ports/store";
import { acquireLease } from "../store/acquire-lease";
import type { RunTools } from "./context";

/** Short, because production waits. */
const STOPPING_POLL_MS = 500;

export interface LeaseOptions {
  /** The command line, such as `deploy users=v2`: shown to other commands that want the lease. */
  what: string;
  /** How long to wait for a lease that another command holds. */
  waitMs: number;
  /** Stop the run of that command, and wait for its end. */
  stopRunning?: boolean;
}

/**
 * Takes the lease. Where another command holds it, waits for it, or has its run stopped first.
 * @returns the lease, and whether a run that went on elsewhere was stopped for it
 * @throws LeaseHeldError if the lease is not free in time
 */
export async function takeLease(
  { clock, signal, emit }: RunTools,
  store: DeployStore,
  { what, waitMs, stopRunning = false }: LeaseOptions,
): Promise<{ lease: Lease; hasStopped: boolean }> {
  const notice = (message: string) => emit({ type: "notice", atMs: clock.now(), message });
  const acquire = (limitMs: number, pollMs?: number) =>
    acquireLease(store, holder(what), { waitMs: limitMs, pollMs, clock, signal, onWait: notice });
  if (!stopRunning) return { lease: await acquire(waitMs), hasStopped: false };
  try {
    return { lease: await acquire(0), hasStopped: false };
  } catch (error) {
    if (!(error instanceof LeaseHeldError)) throw error;
    const { fencing, holder: other } = error.record;
    await store.requestStop({ fencing, who: whoAmI(), atMs: clock.now() });
    notice(`told ${other.what} by ${other.who} (pid ${other.pid} on ${other.host}) to stop at its next safe point`);
  }
  return { lease: await acquire(Math.max(waitMs, RUN_END_MS), STOPPING_POLL_MS), hasStopped: true };
}

function holder(what: string): Holder {
  return { who: whoAmI(), host: hostname(), pid: process.pid, what };
}
