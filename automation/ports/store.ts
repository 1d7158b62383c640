import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import type { Wish } from "../core/desired-releases";
import type { StepName } from "./events";

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

/** Version of the journal's entries that this program writes; it reads these and older ones. */
export const JOURNAL_VERSION = 3;

/** Where a run's steps lead: to what was asked for, or back to what was active before. */
export type Way = "forward" | "back";

/** That a run is to be approved before its cutover, and whether it was. A run that is not has null instead. */
export interface ApprovalState {
  /** How long it waits for an answer before it goes back, in milliseconds. */
  withinMs: number;
  given: { who: string; atMs: number } | null;
}

/** Where a run stands, as far as live state does not tell: enough for another process, on another machine, to plan on. */
export interface Standing {
  way: Way;
  /** Releases that shall be active, by service. Images are pinned by digest once `preflight` is done. */
  wish: Wish;
  /** By service, the instances of the active colour when the run began. */
  running: Record<string, number>;
  /** Alarms that fired when the run began and were to be taken no notice of. */
  ignoredAlarms: string[];
  /** Services whose production was not healthy when the run began, and was to be taken no notice of. */
  ignoredUnhealthy: string[];
  approval: ApprovalState | null;
  progress: {
    preflight: boolean;
    migrated: string[];
    verified: string[];
    tested: string[];
    /** `<image>@<percent>`: shares that were watched to their end. */
    ramped: string[];
    confirmed: string[];
    baked: string[];
    drained: string[];
    /** Images of old colours that were not quiet in time and go on. */
    kept: string[];
    /** Unix milliseconds at which production's ways changed last; null before. */
    routedAtMs: number | null;
  };
}

/** One line of a deploy's journal. Written, and kept for good, before and after each step. */
export type JournalEntry = { atMs: number; fencing: number } & (
  | {
      kind: "opened";
      version: number;
      deploy: string;
      command: "deploy" | "rollback";
      who: string;
      /** Of the checkout that the command ran in; null outside git. */
      commit: string | null;
      /** Why it was asked for, in the words of who did; "" without. */
      reason: string;
      /** What was asked for: image or release by service. */
      asked: Record<string, string>;
      /** Live state before it. */
      live: Live;
      standing: Standing;
    }
  /** Another process goes on with the run. */
  | { kind: "takenUp"; who: string; command: "resume" | "abort" | "rollback" }
  /** From here on the run goes back to what was active before. */
  | { kind: "turned"; reason: string; standing: Standing }
  | { kind: "stepStarted"; step: StepName; services: string[]; intended: Live | null }
  | {
      kind: "stepEnded";
      step: StepName;
      services: string[];
      ok: boolean;
      detail: string;
      live: Live;
      standing: Standing;
    }
  | { kind: "closed"; outcome: Outcome; reason: string }
);

/** `done`: what was asked for is active. `takenBack`: what was active before is active again. `left`: something is left for `resume` or `abort`. */
export type Outcome = "done" | "takenBack" | "left";

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
  migrated(service: string, digest: string): Promise<MigrationRecord | null>;
  /** Resolves when it is on disk. */
  recordMigrated(service: string, digest: string, record: MigrationRecord): Promise<void>;
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
export interface StopOrder {
  /** Of the lease. */
  fencing: number;
  who: string;
  /** Unix milliseconds. */
  atMs: number;
}

/** Orders to runs that go on elsewhere. */
export interface StopOrders {
  /** Null while the lease's holder was not told to stop. */
  stopOrder(fencing: number): Promise<StopOrder | null>;
  /** Of two at once the first one stays. */
  orderStop(order: StopOrder): Promise<void>;
}

/** Where leases, journals, migrations, decisions, stop orders and freezes are kept, for one stack: a directory, or an S3 bucket. */
export interface DeployStore extends Migrations, Decisions, StopOrders {
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
