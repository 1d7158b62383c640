import { UserError } from "../../components/core/user-error";
import type { JournalEntry } from "../ports/journal";
import { type DeployStore, type Lease, LeaseLostError, StoreUnreachable } from "../ports/store";
import { checkpointOf } from "./checkpoint";
import type { RunState, StepContext } from "./context";

/** Where a run records what it is about to do and what came of it, under a lease that is checked before each step. */
export interface Journal {
  deploy: string;
  store: DeployStore;
  lease: Lease;
}

type Unnumbered<Entry> = Entry extends unknown ? Omit<Entry, "fencing"> : never;

/** So often an entry is written again, each time after the lease was renewed, which waits for a store that does not answer at all. */
const TRIES = 30;

/** An entry could not be written: the run ends there, because no other process could go on from what it did unrecorded. */
export class JournalNotWritten extends UserError {
  constructor(cause: Error) {
    super(
      `the journal could not be written (${cause.message}): the run stops here; \`resume\` goes on with what was begun`,
      {
        exitCode: 1,
        cause,
      },
    );
    this.name = "JournalNotWritten";
  }
}

/**
 * Resolves when the entry is kept for good. While the store does not answer it tries again, until the lease has ended.
 * @throws LeaseLostError when the lease has ended meanwhile
 * @throws JournalNotWritten when the store refuses, or never takes it
 */
export async function appendEntry(journal: Journal, entry: Unnumbered<JournalEntry>): Promise<void> {
  const { store, deploy, lease } = journal;
  for (let tries = 1; ; tries++) {
    try {
      if (tries > 1) await lease.assertHeld();
      return await store.append(deploy, { ...entry, fencing: lease.fencing } as JournalEntry);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!(error instanceof StoreUnreachable) || tries === TRIES) throw new JournalNotWritten(error);
    }
  }
}

/** Whether the run ends without a further line in its journal: another command writes it now, or nothing can be written. */
export function leavesJournal(error: unknown): boolean {
  return error instanceof LeaseLostError || error instanceof JournalNotWritten;
}

/** Records and emits that the run goes back from here on. */
export async function startRollback(
  context: StepContext,
  back: RunState,
  reason: string,
  journal: Journal,
): Promise<void> {
  await journal.lease.assertHeld();
  const atMs = context.clock.now();
  await appendEntry(journal, { atMs, kind: "rollbackStarted", reason, checkpoint: checkpointOf(back) });
  context.emit({ type: "rollbackStarted", atMs, reason });
}
