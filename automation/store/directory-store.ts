import { mkdir, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeployStore, Holder, JournalEntry, Lease, LeaseRecord } from "./deploy-store";
import { acquireDirectoryLease, currentLease, isHeld } from "./directory-lease";

/** Leases and journals of one stack as files in a directory: for one machine, or one that all share. */
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
    const file = await open(this.#file(deploy), "a", 0o600);
    try {
      await file.write(`${JSON.stringify(entry)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async journal(deploy: string): Promise<JournalEntry[]> {
    const lines = (await readFile(this.#file(deploy), "utf8")).split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as JournalEntry);
  }

  async deploys(): Promise<string[]> {
    const files = await readdir(join(this.directory, "journal")).catch(() => []);
    return files.map((file) => file.replace(/\.ndjson$/, "")).sort();
  }

  #file(deploy: string): string {
    return join(this.directory, "journal", `${deploy}.ndjson`);
  }
}
