import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { type Holder, type Lease, LeaseHeldError, LeaseLostError, type LeaseRecord } from "./deploy-store";

/** A lease that is not renewed this long may be taken over. */
const LEASE_MS = 60_000;
/** Renewed often enough to miss two renewals without losing it. */
const RENEW_MS = 15_000;

/**
 * One file per lease, `lease-<fencing>.json`; the highest number is the current one. A file is linked into place only if its name is free,
 * so of two who try the same number exactly one holds it.
 */
export async function acquireDirectoryLease(directory: string, holder: Holder, now: () => number): Promise<Lease> {
  await mkdir(directory, { recursive: true });
  const current = await currentLease(directory);
  if (current && isHeld(current, now())) throw new LeaseHeldError(current);
  const record: LeaseRecord = {
    holder,
    fencing: (current?.fencing ?? 0) + 1,
    sinceMs: now(),
    expiresAtMs: now() + LEASE_MS,
    releasedAtMs: null,
  };
  if (!(await createOnly(directory, record))) {
    const winner = await currentLease(directory);
    throw new LeaseHeldError(winner ?? record);
  }
  return new DirectoryLease(directory, record, now);
}

/** The newest lease, held or not; null if there never was one. */
export async function currentLease(directory: string): Promise<LeaseRecord | null> {
  const files = (await readdir(directory).catch(() => [])).filter((file) => /^lease-\d+\.json$/.test(file)).sort();
  const newest = files.at(-1);
  return newest === undefined ? null : (JSON.parse(await readFile(join(directory, newest), "utf8")) as LeaseRecord);
}

export function isHeld(record: LeaseRecord, nowMs: number): boolean {
  if (record.releasedAtMs !== null || record.expiresAtMs <= nowMs) return false;
  return !(record.holder.host === hostname() && !isAlive(record.holder.pid));
}

class DirectoryLease implements Lease {
  readonly #renewal: NodeJS.Timeout;

  constructor(
    private readonly directory: string,
    private record: LeaseRecord,
    private readonly now: () => number,
  ) {
    this.#renewal = setInterval(() => void this.#renew(), RENEW_MS).unref();
  }

  get fencing(): number {
    return this.record.fencing;
  }

  async assertHeld(): Promise<void> {
    const current = await currentLease(this.directory);
    if (current?.fencing !== this.fencing || current.releasedAtMs !== null)
      throw new LeaseLostError(this.fencing, current);
    await this.#renew();
  }

  async release(): Promise<void> {
    clearInterval(this.#renewal);
    const current = await currentLease(this.directory);
    if (current?.fencing !== this.fencing) return;
    await this.#write({ ...this.record, releasedAtMs: this.now() });
    await removeOlder(this.directory, this.fencing);
  }

  async #renew(): Promise<void> {
    const current = await currentLease(this.directory).catch(() => null);
    if (current?.fencing === this.fencing) await this.#write({ ...this.record, expiresAtMs: this.now() + LEASE_MS });
  }

  async #write(record: LeaseRecord): Promise<void> {
    this.record = record;
    const file = fileOf(this.directory, record.fencing);
    const temporary = `${file}.${process.pid}`;
    await writeFile(temporary, JSON.stringify(record));
    await rename(temporary, file);
  }
}

async function createOnly(directory: string, record: LeaseRecord): Promise<boolean> {
  const file = fileOf(directory, record.fencing);
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, JSON.stringify(record));
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function removeOlder(directory: string, fencing: number): Promise<void> {
  for (const file of await readdir(directory)) {
    const number = /^lease-(\d+)\.json$/.exec(file)?.[1];
    if (number !== undefined && Number(number) < fencing) await rm(join(directory, file), { force: true });
  }
}

function fileOf(directory: string, fencing: number): string {
  return join(directory, `lease-${String(fencing).padStart(8, "0")}.json`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
