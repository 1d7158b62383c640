import type { z } from "zod";
import { UserError } from "../../components/core/user-error";
import type { JournalEntry } from "../ports/journal";
import {
  type Decision,
  type DeployStore,
  type Freeze,
  type Holder,
  type Lease,
  LeaseLostError,
  type LeaseRecord,
  type MigrationRecord,
  type RemoteStop,
} from "../ports/store";
import type { StoreBackend } from "./backend";
import { parseEntry, unknownDeploy } from "./journal-entries";
import { decisionSchema, freezeSchema, migrationSchema, parseRecord, remoteStopSchema } from "./record-schemas";

const FREEZE = "freeze.json";

/**
 * The deploy store of one stack, the same over every backend. Nothing is ever deleted, so a deploy needs no permission
 * to delete: a stack that is not frozen any more has the record `null`.
 */
export class StackStore implements DeployStore {
  constructor(readonly backend: StoreBackend) {}

  acquire(holder: Holder): Promise<Lease> {
    return this.backend.acquireLease(holder);
  }

  async lease(): Promise<LeaseRecord | null> {
    const newest = await this.backend.newestLease();
    return newest?.isHeld ? newest.record : null;
  }

  async newestLease(): Promise<LeaseRecord | null> {
    return (await this.backend.newestLease())?.record ?? null;
  }

  async append(deploy: string, entry: JournalEntry): Promise<void> {
    assertDeployId(deploy);
    await this.#assertNewest(entry.fencing);
    await this.backend.appendEntry(deploy, JSON.stringify(entry), (last) => assertMayFollow(last, entry));
    if (entry.kind === "closed") await this.#copyJournal(deploy);
  }

  async journal(deploy: string): Promise<JournalEntry[]> {
    assertDeployId(deploy);
    const entries = await this.backend.readEntries(deploy);
    if (entries === null) throw unknownDeploy(deploy);
    const parsed = entries.map(({ text, address }) => parseEntry(text, address));
    if (parsed[0] && parsed[0].kind !== "opened")
      throw new UserError(
        `the journal of ${deploy} does not begin with what was asked for: nothing can be planned from it; move ${this.backend.journalAddress(deploy)} away, look at \`pulumi stack output live\`, then try again`,
        { exitCode: 1 },
      );
    return parsed;
  }

  async deploys(): Promise<string[]> {
    return (await this.backend.deploys()).sort(byAge);
  }

  migration(service: string, key: string): Promise<MigrationRecord | null> {
    return this.#record(migrationSchema, migrationName(service, key));
  }

  recordMigration(service: string, key: string, migration: MigrationRecord): Promise<void> {
    return this.backend.replace(migrationName(service, key), JSON.stringify(migration));
  }

  async decision(deploy: string, fencing: number): Promise<Decision | null> {
    return this.#record(decisionSchema, decisionName(deploy, fencing));
  }

  async recordDecision(deploy: string, decision: Decision): Promise<Decision> {
    const name = decisionName(deploy, decision.fencing);
    await this.#assertNewest(decision.fencing);
    await this.backend.create(name, JSON.stringify(decision));
    return (await this.decision(deploy, decision.fencing)) ?? decision;
  }

  remoteStop(fencing: number): Promise<RemoteStop | null> {
    return this.#record(remoteStopSchema, remoteStopName(fencing));
  }

  requestStop(stop: RemoteStop): Promise<void> {
    return this.backend.create(remoteStopName(stop.fencing), JSON.stringify(stop));
  }

  frozen(): Promise<Freeze | null> {
    return this.#record(freezeSchema.nullable(), FREEZE);
  }

  freeze(freeze: Freeze): Promise<void> {
    return this.backend.replace(FREEZE, JSON.stringify(freeze));
  }

  async unfreeze(): Promise<void> {
    if (await this.frozen()) await this.backend.replace(FREEZE, JSON.stringify(null));
  }

  /** Without its copy a journal is read entry by entry: that is no reason to call a run failed that has ended well. */
  async #copyJournal(deploy: string): Promise<void> {
    try {
      await this.backend.copyJournal(deploy);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }

  async #record<Shape>(schema: z.ZodType<Shape>, name: string): Promise<Shape | null> {
    const text = await this.backend.read(name);
    return text === null ? null : parseRecord(schema, text, this.backend.addressOf(name), this.backend.remedy);
  }

  /** @throws LeaseLostError if a later lease was taken */
  async #assertNewest(fencing: number): Promise<void> {
    const newest = await this.newestLease();
    if (newest && newest.fencing > fencing) throw new LeaseLostError(fencing, newest);
  }
}

/**
 * @throws LeaseLostError if the last entry was written under a later lease; an entry that cannot be read is reported
 * when the journal is read
 */
function assertMayFollow(last: string, { fencing }: JournalEntry): void {
  let other = 0;
  try {
    other = (JSON.parse(last) as Partial<JournalEntry>).fencing ?? 0;
  } catch {}
  if (other > fencing) throw new LeaseLostError(fencing, null, `lease ${other} has written to this journal`);
}

/**
 * Sorts ids such as `20261125T093000Z-7` by the fencing number at their end, oldest first. The time before it comes
 * from the machine that deployed, whose clock may be wrong.
 */
function byAge(one: string, other: string): number {
  return fencingOf(one) - fencingOf(other) || (one < other ? -1 : Number(one > other));
}

function fencingOf(deploy: string): number {
  return Number(/-(\d+)$/.exec(deploy)?.[1] ?? 0);
}

function migrationName(service: string, key: string): string {
  return `migrations/${service}-${key.replace(/^sha256:/, "")}.json`;
}

function decisionName(deploy: string, fencing: number): string {
  assertDeployId(deploy);
  return `decisions/${deploy}-${fencing}.json`;
}

function remoteStopName(fencing: number): string {
  return `stop-orders/${fencing}.json`;
}

/** @throws UserError for an id that no run can have, such as one that leads out of the store */
function assertDeployId(deploy: string): void {
  if (!/^\w[\w.-]*$/.test(deploy)) throw unknownDeploy(deploy);
}
