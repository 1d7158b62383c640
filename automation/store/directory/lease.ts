import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Holder, type Lease, LeaseHeldError, type LeaseRecord } from "../../ports/store";
import { HeldLease, type LeaseKeeper } from "../held-lease";
import type { LeaseTimes } from "../lease-times";
import { isProvablyDead, processMark } from "../process-mark";
import { leaseRecord, parseRecord } from "../record-schemas";
import { createOnly, isNodeError, writeAtomically } from "./atomic-file";

const REMEDY = "move it away when no deploy runs, then try again";

export interface DirectoryLeaseOptions {
  /** Unix milliseconds, on all machines that share the directory. */
  now(): number;
  times: LeaseTimes;
}

/**
 * One file per lease, `lease-<fencing>.json`; the highest number is the current one. A file is linked into place only if its name is free,
 * so of two who try the same number exactly one holds it.
 * @throws LeaseHeldError
 */
export async function acquireDirectoryLease(
  directory: string,
  holder: Holder,
  options: DirectoryLeaseOptions,
): Promise<Lease> {
  await mkdir(directory, { recursive: true });
  const { now, times } = options;
  for (;;) {
    const current = await currentLease(directory);
    if (current && isHeld(current, now())) throw new LeaseHeldError(current);
    const sentAtMs = performance.now();
    const record: LeaseRecord = {
      holder,
      fencing: (current?.fencing ?? 0) + 1,
      sinceMs: now(),
      expiresAtMs: now() + times.leaseMs,
      releasedAtMs: null,
      process: processMark(holder.pid),
    };
    if (!(await createOnly(fileOf(directory, record.fencing), JSON.stringify(record)))) continue;
    // Its name may have been free because later leases came and went meanwhile, and took the older files with them.
    if ((await currentLease(directory))?.fencing === record.fencing) {
      return new HeldLease(record.fencing, new DirectoryKeeper(directory, record, options), times, sentAtMs);
    }
    await rm(fileOf(directory, record.fencing), { force: true });
  }
}

/**
 * The newest lease, held or not; null if there never was one.
 * @throws UserError if its file cannot be read
 */
export async function currentLease(directory: string): Promise<LeaseRecord | null> {
  for (;;) {
    const newest = (await readdir(directory).catch(() => []))
      .filter((file) => numberOf(file) !== null)
      .sort()
      .at(-1);
    if (newest === undefined) return null;
    const file = join(directory, newest);
    try {
      return parseRecord(leaseRecord, await readFile(file, "utf8"), file, REMEDY);
    } catch (error) {
      // A later lease has taken it away since the directory was listed.
      if (!isNodeError(error, "ENOENT")) throw error;
    }
  }
}

export function isHeld(record: LeaseRecord, nowMs: number): boolean {
  return record.releasedAtMs === null && record.expiresAtMs > nowMs && !isProvablyDead(record);
}

class DirectoryKeeper implements LeaseKeeper {
  constructor(
    private readonly directory: string,
    private readonly record: LeaseRecord,
    private readonly options: DirectoryLeaseOptions,
  ) {}

  async renew(): Promise<"kept" | { lostTo: LeaseRecord | null }> {
    const current = await currentLease(this.directory);
    if (current?.fencing !== this.record.fencing) return { lostTo: current };
    const nowMs = this.options.now();
    if (current.expiresAtMs <= nowMs) return { lostTo: null };
    await this.#write({ ...this.record, expiresAtMs: nowMs + this.options.times.leaseMs });
    return "kept";
  }

  async release(): Promise<void> {
    if ((await currentLease(this.directory))?.fencing !== this.record.fencing) return;
    await this.#write({ ...this.record, releasedAtMs: this.options.now() });
    await removeOlder(this.directory, this.record.fencing);
  }

  /** Harmless even if another one has taken over at this instant: its file has a higher number. */
  #write(record: LeaseRecord): Promise<void> {
    return writeAtomically(fileOf(this.directory, record.fencing), JSON.stringify(record));
  }
}

/** With what a crash left unfinished beside them. */
async function removeOlder(directory: string, fencing: number): Promise<void> {
  for (const file of await readdir(directory)) {
    const number = /^lease-(\d+)\.json/.exec(file)?.[1];
    if (number !== undefined && Number(number) < fencing) await rm(join(directory, file), { force: true });
  }
}

function numberOf(file: string): number | null {
  const number = /^lease-(\d+)\.json$/.exec(file)?.[1];
  return number === undefined ? null : Number(number);
}

function fileOf(directory: string, fencing: number): string {
  return join(directory, `lease-${String(fencing).padStart(8, "0")}.json`);
}
