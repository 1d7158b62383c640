import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { DeployStore, Holder, JournalEntry, Lease, LeaseRecord, MigrationRecord } from "./deploy-store";
import { acquireDirectoryLease, currentLease, isHeld } from "./directory-lease";

/** Leases, journals and migrations of one stack as files in a directory: for one machine, or one that all share. */
export class DirectoryStore implements DeployStore {
  constructor(
    private readonly directory: string,
    private readonly now: () => number = Date.now,
  ) {}

  acquire(holder: Holder): Promise<Lease> {
    return acquireDirectoryLease(this.directory, holder, this.now);
  }

  async lease(): Promise<LeaseRecord | null> {
    const record = await currentLease(this.directory);
    return record && isHeld(record, this.now()) ? record : null;
  }

  async append(deploy: string, entry: JournalEntry): Promise<void> {
    await mkdir(join(this.directory, "journal"), { recursive: true });
    await writeSynced(this.#file(deploy), "a", `${JSON.stringify(entry)}\n`);
  }

  async journal(deploy: string): Promise<JournalEntry[]> {
    const lines = (await readFile(this.#file(deploy), "utf8")).split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as JournalEntry);
  }

  async deploys(): Promise<string[]> {
    const files = await readdir(join(this.directory, "journal")).catch(() => []);
    return files.map((file) => file.replace(/\.ndjson$/, "")).sort();
  }

  async migrated(service: string, digest: string): Promise<MigrationRecord | null> {
    try {
      return JSON.parse(await readFile(this.#migrationFile(service, digest), "utf8")) as MigrationRecord;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  async recordMigrated(service: string, digest: string, record: MigrationRecord): Promise<void> {
    const folder = join(this.directory, "migrations");
    await mkdir(folder, { recursive: true });
    const file = this.#migrationFile(service, digest);
    const temporary = `${file}.${process.pid}`;
    await writeSynced(temporary, "w", JSON.stringify(record));
    await rename(temporary, file);
    await syncFolder(folder);
  }

  #migrationFile(service: string, digest: string): string {
    return join(this.directory, "migrations", `${service}-${digest.replace(/^sha256:/, "")}.json`);
  }

  #file(deploy: string): string {
    return join(this.directory, "journal", `${deploy}.ndjson`);
  }
}

async function writeSynced(path: string, flags: "a" | "w", text: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.write(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A renamed file is there after a crash only if its folder was written too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
