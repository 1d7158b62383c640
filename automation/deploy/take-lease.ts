import { hostname } from "node:os";
import type { StackOutputs } from "../../components/live/outputs";
import { RUN_END_MS } from "../core/engine-limits";
import { noInfrastructure } from "../core/no-infrastructure";
import { whoAmI } from "../core/process/who-am-i";
import {
  type DeployStore,
  type Holder,
  isRetireCommand,
  isRollbackCommand,
  type Lease,
  LeaseHeldError,
  type LeaseRecord,
} from "../ports/store";
import { acquireLease, type WaitOptions } from "../store/acquire-lease";
import { checkServices } from "./check-services";
import type { RunTools } from "./context";

/** Short, because production waits. */
const STOPPING_POLL_MS = 500;

export interface LeaseOptions {
  /** The command line, such as `deploy users=v2`: shown to other commands that want the lease. */
  what: string;
  /** How long to wait for a lease that another command holds. */
  waitMs: number;
  /** Stop the run of that command, and of each that begins before this one has the lease, and wait for their end. */
  stopRunning?: boolean;
  /**
   * It is asked before `stopRunning` stops the run of another command, and returns true if that one's end is to be waited for instead. An error that it throws
   * ends this command and stops nothing; only StoreUnreachable lets it be asked again.
   */
  spares?: (outputs: StackOutputs) => Promise<boolean>;
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
 * @throws LeaseHeldError if the lease is not free in time; UserError where it would stop a run for nothing, which then goes on
 */
export async function takeLease(
  tools: RunTools,
  store: DeployStore,
  { what, waitMs, stopRunning = false, spares = async () => false }: LeaseOptions,
): Promise<TakenLease> {
  const { clock, signal, stack, emit } = tools;
  const notice = (message: string) => emit({ type: "notice", atMs: clock.now(), message });
  const acquire = (limitMs: number, stopping?: Pick<WaitOptions, "pollMs" | "onHeld">) =>
    acquireLease(store, holder(what), { waitMs: limitMs, ...stopping, clock, signal, onWait: notice });
  let met: LeaseRecord;
  try {
    return { lease: await acquire(0), hasStopped: false, met: null };
  } catch (error) {
    if (!(error instanceof LeaseHeldError) || (waitMs === 0 && !stopRunning)) throw error;
    met = error.record;
  }
  if (!stopRunning) return { lease: await acquire(waitMs), hasStopped: false, met };
  let [seen, hasStopped] = [met.fencing - 1, false];
  const onHeld = async ({ fencing, holder: other }: LeaseRecord) => {
    if (fencing === seen) return;
    const outputs = await stack.outputs();
    if (!outputs) throw noInfrastructure(stack.name);
    // From such a checkout this command could do nothing after it has stopped the other run.
    await checkServices({ context: tools, store, outputs }, what);
    const hasBegunMeanwhile = fencing !== met.fencing;
    const isSpared = endsItself(other, { hasBegunMeanwhile }) || (await spares(outputs));
    if (!isSpared) await store.requestStop({ fencing, who: whoAmI(), atMs: clock.now() });
    // Not before: a store that did not answer is asked again.
    seen = fencing;
    if (isSpared) return;
    hasStopped = true;
    const begun = hasBegunMeanwhile ? "another run has begun meanwhile: " : "";
    notice(
      `${begun}told ${other.what} by ${other.who} (pid ${other.pid} on ${other.host}) to stop at its next safe point`,
    );
  };
  return { lease: await acquire(Math.max(waitMs, RUN_END_MS), { pollMs: STOPPING_POLL_MS, onHeld }), hasStopped, met };
}

/**
 * Whether to stop it would only make it last longer. A `retire` that is stopped stays unfinished, and has to be ended before anything else. What goes back ends
 * soon, and production with it is where this command leads it; of a rollback that was met first, the command knows which way it goes.
 */
function endsItself({ what }: Holder, { hasBegunMeanwhile }: { hasBegunMeanwhile: boolean }): boolean {
  return isRetireCommand(what) || what === "abort" || (hasBegunMeanwhile && isRollbackCommand(what));
}

function holder(what: string): Holder {
  return { who: whoAmI(), host: hostname(), pid: process.pid, what };
}
