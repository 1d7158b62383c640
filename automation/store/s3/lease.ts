import { randomUUID } from "node:crypto";
import { z } from "zod";
import { holderHasEnded, processMark } from "../../core/process/process-mark";
import { type Holder, type Lease, LeaseHeldError, type LeaseRecord, StoreUnreachable } from "../../ports/store";
import type { NewestLease } from "../backend";
import { HeldLease, type LeaseKeeper, type LeaseTimes, type Renewal } from "../held-lease";
import { fencing, holder as holderSchema, parseRecord, time } from "../record-schemas";
import type { S3Objects } from "./objects";

const KEY = "lease.json";

/**
 * How much longer others wait than the holder itself: S3 reports times in whole seconds, and from more than one
 * machine.
 */
export const MARGIN_MS = 5_000;

const storedLeaseSchema = z.strictObject({
  holder: holderSchema,
  fencing,
  sinceMs: time,
  /** From the object's last write on. After that time others may take the lease over. */
  durationMs: z.int().positive(),
  /**
   * Changes the object's ETag with every renewal, so that a process that read the lease before a renewal cannot take it
   * over afterwards.
   */
  renewals: z.int().nonnegative(),
  released: z.boolean(),
  /** Random, one for each holder: a holder that reads it back knows that a write whose answer was lost took place. */
  token: z.uuid(),
  process: z.string().optional(),
});
type StoredLease = z.output<typeof storedLeaseSchema>;

/** The object as it was written, and its ETag. */
interface LeaseObject {
  stored: StoredLease;
  etag: string;
}

export interface S3LeaseOptions {
  times: LeaseTimes;
  marginMs: number;
}

/**
 * Takes the lease. It is one object, which stays after the release so that fencing numbers go on counting. It has
 * expired when, by S3's own clock, its last write is too long ago (aws-rules S6).
 * @throws LeaseHeldError
 */
export async function acquireS3Lease(objects: S3Objects, holder: Holder, options: S3LeaseOptions): Promise<Lease> {
  const token = randomUUID();
  for (;;) {
    const { lease, serverMs } = await readS3Lease(objects);
    if (lease?.isHeld) throw new LeaseHeldError(lease.record);
    const sentAtMs = performance.now();
    const wanted: StoredLease = {
      holder,
      fencing: (lease?.stored.fencing ?? 0) + 1,
      sinceMs: serverMs,
      durationMs: options.times.leaseMs + options.marginMs,
      renewals: 0,
      released: false,
      token,
      process: processMark(holder.pid),
    };
    const own = await write(objects, wanted, lease?.etag ?? null);
    if (own) return new HeldLease(own.stored.fencing, new S3Keeper(objects, own), options.times, sentAtMs);
  }
}

/** Returns the lease, held or not (null if there never was one), and the time by S3's clock. */
export async function readS3Lease(
  objects: S3Objects,
): Promise<{ lease: (NewestLease & LeaseObject) | null; serverMs: number }> {
  const { object, serverMs } = await objects.get(KEY);
  const address = objects.addressOf(KEY);
  if (Number.isNaN(serverMs))
    throw new StoreUnreachable(
      `${address}: the answer has no Date, so nobody can tell whether the lease is held`,
      null,
    );
  if (object === null) return { lease: null, serverMs };
  // Copying an earlier version over it is refused, because the bucket's policy asks for a condition (aws-rules S8).
  const remedy = "when no deploy runs, delete its newest version, so that the earlier one counts again";
  const stored = parseRecord(storedLeaseSchema, object.text, address, remedy);
  const record: LeaseRecord = {
    holder: stored.holder,
    fencing: stored.fencing,
    sinceMs: stored.sinceMs,
    expiresAtMs: object.writtenAtMs + stored.durationMs,
    releasedAtMs: stored.released ? object.writtenAtMs : null,
    process: stored.process,
  };
  const isHeld = !stored.released && serverMs < record.expiresAtMs && !holderHasEnded(record);
  return { lease: { stored, etag: object.etag, record, isHeld }, serverMs };
}

class S3Keeper implements LeaseKeeper {
  #own: LeaseObject;

  constructor(
    private readonly objects: S3Objects,
    own: LeaseObject,
  ) {
    this.#own = own;
  }

  async renew(): Promise<Renewal> {
    const lostTo = await this.#write({});
    return lostTo === undefined ? "kept" : { lostTo };
  }

  /** A lease that cannot be released now expires by itself. */
  async release(): Promise<void> {
    await this.#write({ released: true });
  }

  /** @returns undefined when it is written; else who has the lease now, null if nobody knows */
  async #write(change: Partial<StoredLease>): Promise<LeaseRecord | null | undefined> {
    for (;;) {
      const { stored, etag } = this.#own;
      const written = await write(this.objects, { ...stored, ...change, renewals: stored.renewals + 1 }, etag);
      if (written) {
        this.#own = written;
        return undefined;
      }
      // A write of our own whose answer was lost changes the ETag, too.
      const { lease } = await readS3Lease(this.objects);
      if (lease?.stored.token !== stored.token) return lease?.record ?? null;
      this.#own = lease;
    }
  }
}

/**
 * Writes the lease if the object is as expected. When no answer arrives, the object itself shows whether the write took
 * place.
 * @returns null if another process wrote first
 */
async function write(objects: S3Objects, stored: StoredLease, expected: string | null): Promise<LeaseObject | null> {
  let failure: unknown = null;
  try {
    const etag = await objects.put(KEY, JSON.stringify(stored), expected);
    if (etag !== null) return { stored, etag };
  } catch (error) {
    if (!(error instanceof StoreUnreachable)) throw error;
    failure = error;
  }
  const { lease } = await readS3Lease(objects);
  if (lease && (["token", "renewals", "released"] as const).every((key) => lease.stored[key] === stored[key]))
    return lease;
  if (failure) throw failure;
  return null;
}
