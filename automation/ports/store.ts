import { UserError } from "../../components/core/user-error";
import type { JournalEntry } from "./journal";

/** The holder of a lease, as shown to others who want it. */
export interface Holder {
  /** `user@host`, or the name that CI gives itself. */
  who: string;
  host: string;
  pid: number;
  /** The command line, such as `deploy users=v2`. */
  what: string;
}

export interface LeaseRecord {
  holder: Holder;
  /** Fencing number: one more than that of the lease before. A run under an older number must not act any more. */
  fencing: number;
  /** Unix milliseconds. */
  sinceMs: number;
  /** Unix milliseconds; renewed while the holder lives. */
  expiresAtMs: number;
  releasedAtMs: number | null;
  /** Distinguishes the holder's process from a later one with the same pid (see core/process/process-mark.ts); absent where the system does not tell. */
  process?: string | undefined;
}

/** The lock over a whole run. */
export interface Lease {
  readonly fencing: number;
  /** Aborted when the lease was lost: another command has taken over, or it could not be renewed in time. */
  readonly lost: AbortSignal;
  /** @throws LeaseLostError when another command has taken over: this one must not act any more */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/** Forbids deploys. Whatever rolls back stays possible. */
export interface Freeze {
  who: string;
  /** Unix milliseconds. */
  sinceMs: number;
  reason: string;
}

/** The freeze of a stack. */
export interface Freezes {
  /** The freeze; null while there is none. */
  frozen(): Promise<Freeze | null>;
}

/** A migration that ended well. */
export interface MigrationRecord {
  /** Unix milliseconds. */
  atMs: number;
  /** Id of the task that ran it. */
  task: string;
  /** What identifies the database that it ran in. Absent without one of the settings, and in records of older programs. */
  database?: string | undefined;
  /** The run that was to migrate again (`--migrate-again`), to which only its own records count. Absent otherwise, and in records of older programs. */
  deploy?: string | undefined;
}

/** The migrations that are done: none runs again in the same database. */
export interface Migrations {
  /** @param key hash of what the migration is made of: image, command, environment and references of secrets */
  migration(service: string, key: string): Promise<MigrationRecord | null>;
  /** Resolves when the record is kept for good, in the place of an earlier one. */
  recordMigration(service: string, key: string, record: MigrationRecord): Promise<void>;
}

/** The answer of a person to a run that waits for approval. */
export interface Decision {
  /** Fencing number of the lease that the run waits under: a command that resumes it after a crash asks again. */
  fencing: number;
  who: string;
  /** Unix milliseconds. */
  atMs: number;
  says: "approved" | "refused";
  /** The reason; "" without one. */
  reason: string;
}

/** Decisions about runs that wait for approval. */
export interface Decisions {
  /** The decision; null while there is none. */
  decision(deploy: string, fencing: number): Promise<Decision | null>;
  /**
   * Records a decision. The first of two stays.
   * @returns the decision that counts
   * @throws LeaseLostError when a later lease was taken since: the run does not wait any more
   */
  recordDecision(deploy: string, decision: Decision): Promise<Decision>;
}

/** A request to the holder of a lease to stop at its next safe point, as on a signal. */
export interface RemoteStop {
  /** Fencing number of the lease. */
  fencing: number;
  who: string;
  /** Unix milliseconds. */
  atMs: number;
}

/** Requests to runs that go on elsewhere. */
export interface RemoteStops {
  /** The request; null while there is none for this lease. */
  remoteStop(fencing: number): Promise<RemoteStop | null>;
  /** Records a request. The first of two stays. */
  requestStop(order: RemoteStop): Promise<void>;
}

/** Keeps the leases, journals, migrations, decisions, remote stops and freezes of one stack: in a directory or in an S3 bucket. */
export interface DeployStore extends Migrations, Decisions, Freezes, RemoteStops {
  /**
   * Takes the lease, or takes over one that expired or whose holder is provably dead.
   * @throws LeaseHeldError
   */
  acquire(holder: Holder): Promise<Lease>;
  /** The lease that is held now, or null. */
  lease(): Promise<LeaseRecord | null>;
  /** The newest lease, held or not; null if there never was one. */
  newestLease(): Promise<LeaseRecord | null>;
  /**
   * Resolves when the entry is kept for good.
   * @throws LeaseLostError if a command with a later lease has written to this journal since
   */
  append(deploy: string, entry: JournalEntry): Promise<void>;
  /**
   * All entries of a run's journal, oldest first, in the names of the current version; without the last one if a crash tore it.
   * @throws UserError for a line that is not an entry, and for a journal of a newer version: it says which one, and what to do
   */
  journal(deploy: string): Promise<JournalEntry[]>;
  /** Ids of all runs, oldest first. */
  deploys(): Promise<string[]>;
  freeze(freeze: Freeze): Promise<void>;
  unfreeze(): Promise<void>;
}

/** Whether a command line, or a command's name, is a rollback's. */
export function isRollbackCommand(what: string): boolean {
  return /^rollback\b/.test(what);
}

/** Whether a command line is a `retire`'s. */
export function isRetireCommand(what: string): boolean {
  return /^retire\b/.test(what);
}

/** Says what can be done about a command that holds the lease. To stop what goes back, or ends an old colour, would only make it last longer. */
export function waysFrom({ what }: Holder): string {
  if (isRollbackCommand(what)) return "production goes back already: wait for it to end";
  if (what === "abort") return "a run is being taken back already: wait for it to end";
  if (isRetireCommand(what)) return "it ends old colours: wait for it to end";
  // It may go on with a rollback, which `abort` does not stop.
  if (what === "resume") return "wait for it to end";
  return "wait for it to end, or `abort --stop-running` takes it back";
}

export class LeaseHeldError extends Error {
  constructor(readonly record: LeaseRecord) {
    const { holder, sinceMs } = record;
    super(
      `a deploy is running: ${holder.what} by ${holder.who} (pid ${holder.pid} on ${holder.host}) since ${new Date(sinceMs).toISOString()}; ${waysFrom(holder)}`,
    );
    this.name = "LeaseHeldError";
  }
}

export class LeaseLostError extends Error {
  /** @param why the reason, where no other holder is known */
  constructor(fencing: number, by: LeaseRecord | null, why = "it is gone") {
    const taker = by
      ? `${by.holder.who} (pid ${by.holder.pid} on ${by.holder.host}) took over with lease ${by.fencing}`
      : why;
    super(`lease ${fencing} was lost: ${taker}; nothing more is done here`);
    this.name = "LeaseLostError";
  }
}

/** The store does not answer now. It may answer in a while. */
export class StoreUnreachable extends UserError {
  constructor(message: string, cause: unknown) {
    super(message, { exitCode: 1, cause });
    this.name = "StoreUnreachable";
  }
}
