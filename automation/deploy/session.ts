import type { StackOutputs } from "../../components/live/outputs";
import { compactTimeText } from "../core/date-time-text";
import { noInfrastructure } from "../core/no-infrastructure";
import type { DeployStore, Lease } from "../ports/store";
import { checkServices } from "./check-services";
import type { RunTools, StepContext } from "./context";
import { isUpdatedByOthers, recover, recoveredLate } from "./recover-stack";
import { listenForRemoteStop } from "./remote-stop";
import { type LeaseOptions, type TakenLease, takeLease } from "./take-lease";

/** What a command has while it holds the lease. */
export interface Session extends TakenLease {
  context: StepContext;
  store: DeployStore;
  /** The stack's outputs, after recovery from a crash; of before it where the recovery waits for another update. */
  outputs: StackOutputs;
}

export interface SessionOptions extends LeaseOptions {
  /**
   * What begins with changes apart from Pulumi does not wait for somebody's `pulumi up`: the stack is recovered before its first `up`.
   * Default: before everything else.
   */
  recoversLate?: boolean;
}

/**
 * Takes the lease, recovers the stack from a crash, calls `act`, and releases the lease, whatever happens.
 * @throws UserError for wrong use; LeaseHeldError; LeaseLostError; whatever `act` throws
 */
export async function inSession(
  tools: RunTools,
  store: DeployStore,
  options: SessionOptions,
  act: (session: Session) => Promise<void>,
): Promise<void> {
  const { clock, stack } = tools;
  const taken = await takeLease(tools, store, options);
  const { lease } = taken;
  const stopListener = listenForRemoteStop(store, lease.fencing);
  try {
    const context: StepContext = {
      ...tools,
      migrations: store,
      decisions: store,
      freezes: store,
      fencing: lease.fencing,
      assertHeld: () => lease.assertHeld(),
      // Retire's wait comes back to this for up to an hour. A machine that was asleep would get there before it hears that the colour is in production again.
      taskDrain: { begin: (cluster) => lease.assertHeld().then(() => tools.taskDrain.begin(cluster)) },
      onReached: () => {},
      signal: AbortSignal.any([tools.signal, lease.lost, stopListener.signal]),
      halt: AbortSignal.any([tools.halt, lease.lost]),
    };
    tools.onLease(lease);
    const check = (outputs: StackOutputs) => checkServices({ context, store, outputs }, options.what);
    const isLate = options.recoversLate === true && (await isUpdatedByOthers(stack, store));
    const outputs = isLate ? await stack.outputs() : await recover(context, store);
    if (!outputs) throw noInfrastructure(stack.name);
    await check(outputs);
    if (isLate) context.stack = recoveredLate(stack, check);
    await act({ context, store, outputs, ...taken });
  } finally {
    stopListener.end();
    // The error that ended the run says more than this one.
    await lease.release().catch((error: Error) => {
      const message = `the lease could not be given back, and expires by itself in a minute: ${error.message}`;
      tools.emit({ type: "notice", atMs: clock.now(), message });
    });
  }
}

/** Id of a run, such as `20261125T093000Z-7`. Ids sort by time; the lease's fencing number makes them unique. */
export function deployId(nowMs: number, { fencing }: Lease): string {
  return `${compactTimeText(nowMs)}-${fencing}`;
}
