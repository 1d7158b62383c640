import type { JournalEntry } from "../ports/journal";
import type { DeployStore, Lease } from "../ports/store";

/** Where a run records what it is about to do and what came of it, under a lease that is checked before each step. */
export interface Journal {
  deploy: string;
  store: DeployStore;
  lease: Lease;
}

type Unnumbered<Entry> = Entry extends unknown ? Omit<Entry, "fencing"> : never;

/** Resolves when the entry is kept for good. */
export function appendEntry(journal: Journal, entry: Unnumbered<JournalEntry>): Promise<void> {
  return journal.store.append(journal.deploy, { ...entry, fencing: journal.lease.fencing } as JournalEntry);
}
