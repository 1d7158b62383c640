import type { Live } from "../../components/live";
import type { StepName } from "../events";
import type { Wish } from "../wish";

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
}

/** The lock over a whole deploy. */
export interface Lease {
  readonly fencing: number;
  /** @throws LeaseLostError when another one has taken over: nothing may be done any more */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/** One line of a deploy's journal. Written, and on disk, before and after each step. */
export type JournalEntry = { atMs: number; fencing: number } & (
  | { kind: "opened"; deploy: string; who: string; wish: Wish; live: Live }
  | { kind: "stepStarted"; step: StepName; services: string[]; intended: Live | null }
  | { kind: "stepEnded"; step: StepName; services: string[]; ok: boolean; detail: string; live: Live }
  | { kind: "closed"; ok: boolean; reason: string }
);

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

/** Where leases, journals and migrations are kept, for one stack. A directory now; S3 with conditional writes is the other adapter to come. */
export interface DeployStore extends Migrations {
  /**
   * Takes the lease, or takes over one that expired or whose holder is provably dead.
   * @throws LeaseHeldError
   */
  acquire(holder: Holder): Promise<Lease>;
  /** The lease that is held now, or null. */
  lease(): Promise<LeaseRecord | null>;
  append(deploy: string, entry: JournalEntry): Promise<void>;
  journal(deploy: string): Promise<JournalEntry[]>;
  /** Ids of all deploys, oldest first. */
  deploys(): Promise<string[]>;
}

export class LeaseHeldError extends Error {
  constructor(readonly record: LeaseRecord) {
    const { holder, sinceMs } = record;
    super(
      `a deploy is running: ${holder.what} by ${holder.who} (pid ${holder.pid} on ${holder.host}) since ${new Date(sinceMs).toISOString()}; wait for it to end`,
    );
    this.name = "LeaseHeldError";
  }
}

export class LeaseLostError extends Error {
  constructor(fencing: number, by: LeaseRecord | null) {
    const taker = by
      ? `${by.holder.who} (pid ${by.holder.pid} on ${by.holder.host}) took over with lease ${by.fencing}`
      : "it is gone";
    super(`lease ${fencing} was lost: ${taker}; nothing more is done here`);
    this.name = "LeaseLostError";
  }
}
