import type { Holder, Lease, LeaseRecord } from "../ports/store";

/**
 * Where the store of one stack keeps its texts and its lease: a directory or an S3 bucket. Every write resolves when
 * the text is kept for good.
 */
export interface StoreBackend {
  /**
   * Returns the text of a record, or null if there is none.
   * @param name path below the backend, such as `decisions/20261125T093000Z-7-7.json`
   */
  read(name: string): Promise<string | null>;
  /**
   * Writes a record unless there is one already: when several callers create it at the same time, one text is kept and
   * the others are dropped.
   */
  create(name: string, text: string): Promise<void>;
  /** Writes a record, whether there is one already or not. */
  replace(name: string, text: string): Promise<void>;
  /** Returns how messages name a record: its path or its `s3://` address. */
  addressOf(name: string): string;
  /** What a person can do about a record that cannot be read, for messages. */
  readonly remedy: string;

  /**
   * Adds an entry to the end of a run's journal, and begins the journal with the first one.
   * @param assertMayFollow called with the text of the last entry, if there is one; throws if the new one may not
   * follow it
   */
  appendEntry(deploy: string, text: string, assertMayFollow: (last: string) => void): Promise<void>;
  /**
   * Returns the entries of a run's journal, oldest first, without one that a crash tore; null if there is no such
   * journal.
   */
  readEntries(deploy: string): Promise<StoredEntry[] | null>;
  /** Returns how messages name all that is kept of a run's journal. */
  journalAddress(deploy: string): string;
  /**
   * Called when a run has ended: a backend in which each entry is read by itself keeps a copy of the whole journal from now on.
   */
  copyJournal(deploy: string): Promise<void>;
  /** Returns the ids of all runs that have a journal, in any order. */
  deploys(): Promise<string[]>;

  /**
   * Takes the lease, or takes over one that expired or whose holder's process has provably ended.
   * @throws LeaseHeldError
   */
  acquireLease(holder: Holder): Promise<Lease>;
  /** Returns the lease with the highest fencing number; null if there never was one. */
  newestLease(): Promise<NewestLease | null>;
}

export interface StoredEntry {
  text: string;
  /** How messages name the entry. */
  address: string;
}

export interface NewestLease {
  record: LeaseRecord;
  /** False once it was released or has expired, and when its holder's process has provably ended. */
  isHeld: boolean;
}
