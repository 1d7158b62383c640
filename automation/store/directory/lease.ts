import { rm } from "node:fs/promises";
import { join } from "node:path";
import { holderHasEnded, processMark } from "../../core/process/process-mark";
import { type Holder, type Lease, LeaseHeldError, type LeaseRecord } from "../../ports/store";
import { HeldLease, type LeaseKeeper, type LeaseTimes, type Renewal } from "../held-lease";
import { leaseSchema, parseRecord } from "../record-schemas";
import { createAtomically, makeFolder, namesIn, readIfExists, replaceAtomically } from "./atomic-file";

const REMEDY = "move it away when no deploy runs, then try again";

export interface DirectoryLeaseOptions {
  /** Unix milliseconds, on every machine that shares the directory. */
  now(): number;
  times: LeaseTimes;
}

/**
 * Takes the lease. Each lease has a file of its own, `lease-<fencing>.json`; the highest number is the current one. A
 * file is linked into place only if its name is free, so of two callers that try the same number exactly one gets it.
 * @throws LeaseHeldError, StoreUnreachable
 */
export async function acquireDirectoryLease(
  directory: string,
  holder: Holder,
  options: DirectoryLeaseOptions,
): Promise<Lease> {
  await makeFolder(directory);
  const { now, times } = options;
  for (;;) {
    const current = await newestDirectoryLease(directory);
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
    if (!(await createAtomically(fileOf(directory, record.fencing), JSON.stringify(record)))) continue;
    // The name may have been free because later leases came and went in the meantime and removed the older files.
    if ((await newestDirectoryLease(directory))?.fencing === record.fencing) {
      return new HeldLease(record.fencing, new DirectoryKeeper(directory, record, options), times, sentAtMs);
    }
    await rm(fileOf(directory, record.fencing), { force: true });
  }
}

/**
 * Returns the newest lease, held or not; null if there never was one.
 * @throws UserError if its file cannot be read: StoreUnreachable for what may pass
 */
export async function newestDirectoryLease(directory: string): Promise<LeaseRecord | null> {
  for (;;) {
    const newest = (await namesIn(directory))
      .filter((file) => /^lease-\d+\.json$/.test(file))
      .sort()
      .at(-1);
    if (newest === undefined) return null;
    const file = join(directory, newest);
    const text = await readIfExists(file);
    // Null when a later lease has removed the file since the directory was listed.
    if (text !== null) return parseRecord(leaseSchema, text, file, REMEDY);
  }
}

export function isHeld(record: LeaseRecord, nowMs: number): boolean {
  return record.releasedAtMs === null && record.expiresAtMs > nowMs && !holderHasEnded(record);
}

class DirectoryKeeper implements LeaseKeeper {
  constructor(
    private readonly directory: string,
    private readonly record: LeaseRecord,
    private readonly options: DirectoryLeaseOptions,
  ) {}

  async renew(): Promise<Renewal> {
    const current = await newestDirectoryLease(this.directory);
    if (current?.fencing !== this.record.fencing) return { lostTo: current };
    const nowMs = this.options.now();
    if (current.expiresAtMs <= nowMs) return { lostTo: null };
    await this.#write({ ...this.record, expiresAtMs: nowMs + this.options.times.leaseMs });
    return "kept";
  }

  async release(): Promise<void> {
    if ((await newestDirectoryLease(this.directory))?.fencing !== this.record.fencing) return;
    await this.#write({ ...this.record, releasedAtMs: this.options.now() });
    await removeOlder(this.directory, this.record.fencing);
  }

  /** Does no harm even if another process takes over at this instant: its file has a higher number. */
  #write(record: LeaseRecord): Promise<void> {
    return replaceAtomically(fileOf(this.directory, record.fencing), JSON.stringify(record));
  }
}

/** Removes the files of older leases, and the unfinished ones that a crash left beside them. */
async function removeOlder(directory: string, fencing: number): Promise<void> {
  for (const file of await namesIn(directory)) {
    const number = /^lease-(\d+)\.json/.exec(file)?.[1];
    if (number !== undefined && Number(number) < fencing) await rm(join(directory, file), { force: true });
  }
}

function fileOf(directory: string, fencing: number): string {
  return join(directory, `lease-${String(fencing).padStart(8, "0")}.json`);
}
