import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { createOnly, isNodeError, writeAtomically } from "./atomic-file";
import type { DeployStore, Freeze, Holder, JournalEntry, Lease, LeaseRecord, MigrationRecord } from "./deploy-store";
import { DirectoryJournal } from "./directory-journal";
import { acquireDirectoryLease, currentLease, isHeld } from "./directory-lease";
import { LEASE_TIMES, type LeaseTimes } from "./lease-times";
import { freeze, migrationRecord, parseRecord } from "./record-schemas";

/** Leases, journals, migrations and a freeze of one stack as files in a directory: for one machine, or one that all share. */
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

  append(deploy: string, entry: JournalEntry): Promise<void> {
    return this.#journal.append(deploy, entry);
  }

  journal(deploy: string): Promise<JournalEntry[]> {
    return this.#journal.read(deploy);
  }

  deploys(): Promise<string[]> {
    return this.#journal.deploys();
  }

  migrated(service: string, digest: string): Promise<MigrationRecord | null> {
    return record(migrationRecord, this.#migrationFile(service, digest));
  }

  async recordMigrated(service: string, digest: string, migration: MigrationRecord): Promise<void> {
    await mkdir(join(this.directory, "migrations"), { recursive: true });
    await createOnly(this.#migrationFile(service, digest), JSON.stringify(migration));
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
