import { UserError } from "../../components/core/user-error";
import type { JournalEntry } from "./journal";

/** Who holds a lease, as shown to the next one who asks. */
export interface Holder {
  /** `user@host`, or what CI says of itself. */
  who: string;
  host: string;
  pid: number;
  /** What is being done, such as `deploy users=v2`. */
  what: string;
}

export interface LeaseRecord {
  holder: Holder;
  /** Counts up with each lease of the stack; a step of an older number must not act any more. */
  fencing: number;
  /** Unix milliseconds. */
  sinceMs: number;
  /** Unix milliseconds; renewed while the holder lives. */
  expiresAtMs: number;
  releasedAtMs: number | null;
  /** What tells the holder's process from a later one with its pid (see process-mark.ts); absent where the system does not say. */
  process?: string | undefined;
}

/** The lock over a whole deploy. */
export interface Lease {
  readonly fencing: number;
  /** Aborted when the lease was lost: another one has taken over, or it could not be renewed in time. */
  readonly lost: AbortSignal;
  /** @throws LeaseLostError when another one has taken over: nothing may be done any more */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/** Nothing may be deployed, except what takes a run back. */
export interface Freeze {
  who: string;
  /** Unix milliseconds. */
  sinceMs: number;
  reason: string;
}

/** A migration that ended well. */
export interface MigrationRecord {
  /** Unix milliseconds. */
  atMs: number;
  /** Id of the deploy's one-off task. */
  task: string;
}

/** Which releases' migrations are done: none runs again. */
export interface Migrations {
  /** @param digest `sha256:...` of the release's image */
  migration(service: string, digest: string): Promise<MigrationRecord | null>;
  /** Resolves when it is on disk. */
  recordMigration(service: string, digest: string, record: MigrationRecord): Promise<void>;
}

/** What somebody says to a run that waits before its cutover. */
export interface Decision {
  /** Of the lease that the run waits under: who takes it up after a crash asks again. */
  fencing: number;
  who: string;
  /** Unix milliseconds. */
  atMs: number;
  says: "approved" | "refused";
  /** Why; "" without. */
  reason: string;
}

/** What was decided of runs that wait for it. */
export interface Decisions {
  /** Null while there is none. */
  decision(deploy: string, fencing: number): Promise<Decision | null>;
  /**
   * Of two at once the first one stays.
   * @returns the one that counts
   * @throws LeaseLostError when a later lease was taken since: the run that was meant waits no more
   */
  recordDecision(deploy: string, decision: Decision): Promise<Decision>;
}

/** That whoever holds a lease shall stop at the next safe point, as on a signal. */
export interface RemoteStop {
  /** Of the lease. */
  fencing: number;
  who: string;
  /** Unix milliseconds. */
  atMs: number;
}

/** Orders to runs that go on elsewhere. */
export interface RemoteStops {
  /** Null while the lease's holder was not told to stop. */
  remoteStop(fencing: number): Promise<RemoteStop | null>;
  /** Of two at once the first one stays. */
  requestStop(order: RemoteStop): Promise<void>;
}

/** Where leases, journals, migrations, decisions, stop orders and freezes are kept, for one stack: a directory, or an S3 bucket. */
export interface DeployStore extends Migrations, Decisions, RemoteStops {
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
   * @throws LeaseLostError if another one has written to this journal since
   */
  append(deploy: string, entry: JournalEntry): Promise<void>;
  /**
   * All entries, oldest first; without the last one if a crash tore it.
   * @throws UserError for a line that is not an entry, and for a journal of a newer version: which, and what to do
   */
  journal(deploy: string): Promise<JournalEntry[]>;
  /** Ids of all deploys, oldest first. */
  deploys(): Promise<string[]>;
  /** Null while nothing is frozen. */
  frozen(): Promise<Freeze | null>;
  freeze(freeze: Freeze): Promise<void>;
  unfreeze(): Promise<void>;
}

export class LeaseHeldError extends Error {
  constructor(readonly record: LeaseRecord) {
    const { holder, sinceMs } = record;
    super(
      `a deploy is running: ${holder.what} by ${holder.who} (pid ${holder.pid} on ${holder.host}) since ${new Date(sinceMs).toISOString()}; wait for it to end, or \`abort --stop-running\` takes it back`,
    );
    this.name = "LeaseHeldError";
  }
}

export class LeaseLostError extends Error {
  /** @param why where nobody is known to have taken over */
  constructor(fencing: number, by: LeaseRecord | null, why = "it is gone") {
    const taker = by
      ? `${by.holder.who} (pid ${by.holder.pid} on ${by.holder.host}) took over with lease ${by.fencing}`
      : why;
    super(`lease ${fencing} was lost: ${taker}; nothing more is done here`);
    this.name = "LeaseLostError";
  }
}

/** The store does not answer now; it may in a while. */
export class StoreUnreachable extends UserError {
  constructor(message: string, cause: unknown) {
    super(message, { exitCode: 1, cause });
    this.name = "StoreUnreachable";
  }
}
