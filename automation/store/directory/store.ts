import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import type { JournalEntry } from "../../ports/journal";
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
} from "../../ports/store";
import { assertDeployId } from "../journal-entries";
import { LEASE_TIMES, type LeaseTimes } from "../lease-times";
import { decision, freeze, migrationRecord, parseRecord, stopOrder } from "../record-schemas";
import { createOnly, isNodeError, writeAtomically } from "./atomic-file";
import { DirectoryJournal } from "./journal";
import { acquireDirectoryLease, currentLease, isHeld } from "./lease";

/** Leases, journals, migrations, decisions, stop orders and a freeze of one stack as files in a directory: for one machine, or one that all share. */
export class DirectoryStore implements DeployStore {
  readonly #journal: DirectoryJournal;

  constructor(
    private readonly directory: string,
    private readonly now: () => number = Date.now,
    private readonly times: LeaseTimes = LEASE_TIMES,
  ) {
    this.#journal = new DirectoryJournal(directory);
  }

  acquire(holder: Holder): Promise<Lease> {
    return acquireDirectoryLease(this.directory, holder, { now: this.now, times: this.times });
  }

  async lease(): Promise<LeaseRecord | null> {
    const record = await currentLease(this.directory);
    return record && isHeld(record, this.now()) ? record : null;
  }

  newestLease(): Promise<LeaseRecord | null> {
    return currentLease(this.directory);
  }

  append(deploy: string, entry: JournalEntry): Promise<void> {
    return this.#journal.append(deploy, entry);
  }

  journal(deploy: string): Promise<JournalEntry[]> {
    return this.#journal.read(deploy);
  }

  deploys(): Promise<string[]> {
    return this.#journal.deploys();
  }

  migration(service: string, digest: string): Promise<MigrationRecord | null> {
    return record(migrationRecord, this.#migrationFile(service, digest));
  }

  async recordMigration(service: string, digest: string, migration: MigrationRecord): Promise<void> {
    await mkdir(join(this.directory, "migrations"), { recursive: true });
    await createOnly(this.#migrationFile(service, digest), JSON.stringify(migration));
  }

  async decision(deploy: string, fencing: number): Promise<Decision | null> {
    return record(decision, this.#decisionFile(deploy, fencing));
  }

  async recordDecision(deploy: string, given: Decision): Promise<Decision> {
    const file = this.#decisionFile(deploy, given.fencing);
    const lease = await currentLease(this.directory);
    if (lease && lease.fencing > given.fencing) throw new LeaseLostError(given.fencing, lease);
    await mkdir(join(this.directory, "decisions"), { recursive: true });
    await createOnly(file, JSON.stringify(given));
    return (await this.decision(deploy, given.fencing)) ?? given;
  }

  remoteStop(fencing: number): Promise<RemoteStop | null> {
    return record(stopOrder, this.#stopOrderFile(fencing));
  }

  async requestStop(order: RemoteStop): Promise<void> {
    await mkdir(join(this.directory, "stop-orders"), { recursive: true });
    await createOnly(this.#stopOrderFile(order.fencing), JSON.stringify(order));
  }

  frozen(): Promise<Freeze | null> {
    return record(freeze.nullable(), this.#freezeFile());
  }

  async freeze(value: Freeze): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await writeAtomically(this.#freezeFile(), JSON.stringify(value));
  }

  async unfreeze(): Promise<void> {
    if (await this.frozen()) await writeAtomically(this.#freezeFile(), "null");
  }

  #freezeFile(): string {
    return join(this.directory, "freeze.json");
  }

  #decisionFile(deploy: string, fencing: number): string {
    assertDeployId(deploy);
    return join(this.directory, "decisions", `${deploy}-${fencing}.json`);
  }

  #stopOrderFile(fencing: number): string {
    return join(this.directory, "stop-orders", `${fencing}.json`);
  }

  #migrationFile(service: string, digest: string): string {
    return join(this.directory, "migrations", `${service}-${digest.replace(/^sha256:/, "")}.json`);
  }
}

async function record<Record>(schema: z.ZodType<Record>, file: string): Promise<Record | null> {
  try {
    return parseRecord(schema, await readFile(file, "utf8"), file, "read it and move it away, then try again");
  } catch (error) {
    if (isNodeError(error, "ENOENT")) return null;
    throw error;
  }
}
