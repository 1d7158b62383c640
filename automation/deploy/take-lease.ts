import { hostname } from "node:os";
import { RUN_END_MS } from "../core/engine-limits";
import { whoAmI } from "../core/process/who-am-i";
import { type DeployStore, type Holder, type Lease, LeaseHeldError, type LeaseRecord } from "../ports/store";
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
  /** It is asked when another command holds the lease, and returns true if `stopRunning` is to wait for the end of that one's run. */
  spares?: () => Promise<boolean>;
}

/** A lease, and what stood in its way. */
export interface TakenLease {
  lease: Lease;
  /** True if a run that went on elsewhere was stopped for this command. */
  hasStopped: boolean;
  /** The lease of another command that was in the way at first; null if it was free. */
  met: LeaseRecord | null;
}

/**
 * Takes the lease. Where another command holds it, waits for it, or has its run stopped first.
 * @throws LeaseHeldError if the lease is not free in time
 */
export async function takeLease(
  { clock, signal, emit }: RunTools,
  store: DeployStore,
  { what, waitMs, stopRunning = false, spares = async () => false }: LeaseOptions,
): Promise<TakenLease> {
  const notice = (message: string) => emit({ type: "notice", atMs: clock.now(), message });
  const acquire = (limitMs: number, pollMs?: number) =>
    acquireLease(store, holder(what), { waitMs: limitMs, pollMs, clock, signal, onWait: notice });
  let met: LeaseRecord;
  try {
    return { lease: await acquire(0), hasStopped: false, met: null };
  } catch (error) {
    if (!(error instanceof LeaseHeldError) || (waitMs === 0 && !stopRunning)) throw error;
    met = error.record;
  }
  const hasStopped = stopRunning && !(await spares());
  if (hasStopped) {
    const { fencing, holder: other } = met;
    await store.requestStop({ fencing, who: whoAmI(), atMs: clock.now() });
    notice(`told ${other.what} by ${other.who} (pid ${other.pid} on ${other.host}) to stop at its next safe point`);
  }
  const limitMs = stopRunning ? Math.max(waitMs, RUN_END_MS) : waitMs;
  return { lease: await acquire(limitMs, hasStopped ? STOPPING_POLL_MS : undefined), hasStopped, met };
}

function holder(what: string): Holder {
  return { who: whoAmI(), host: hostname(), pid: process.pid, what };
}
