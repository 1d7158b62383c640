import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Holder, type Lease, LeaseHeldError, type LeaseRecord, StoreUnreachable } from "../../ports/store";
import { HeldLease, type LeaseKeeper } from "../held-lease";
import type { LeaseTimes } from "../lease-times";
import { isProvablyDead, processMark } from "../process-mark";
import { fencing, holder as holderSchema, parseRecord, time } from "../record-schemas";
import type { S3Objects } from "./objects";

const KEY = "lease.json";

/** Others wait this much longer than the holder itself: S3 tells times in whole seconds, and from more than one machine. */
export const MARGIN_MS = 5_000;

const storedLease = z.strictObject({
  holder: holderSchema,
  fencing,
  sinceMs: time,
  /** From its last write on; then others may take it over. */
  durationMs: z.int().positive(),
  /** Changes the object's ETag with every renewal, so that who saw it before the renewal cannot take it over after. */
  renewals: z.int().nonnegative(),
  released: z.boolean(),
  /** Random, of one holder: whoever reads it back knows that a write whose answer was lost was done. */
  token: z.uuid(),
  process: z.string().optional(),
});
type StoredLease = z.output<typeof storedLease>;

/** As it was read: what is stored, and what S3 says of it. */
interface LeaseInBucket {
  stored: StoredLease;
  etag: string;
  record: LeaseRecord;
  isHeld: boolean;
}

export interface S3LeaseOptions {
  times: LeaseTimes;
  marginMs: number;
}

/**
 * The lease is one object, which stays after it was released so that fencing numbers count on. It has expired when S3's own clock says that its last
 * write is too long ago.
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
    const mine = await write(objects, wanted, lease?.etag ?? null);
    if (mine) return new HeldLease(mine.stored.fencing, new S3Keeper(objects, mine), options.times, sentAtMs);
  }
}

/** The lease, held or not, and the time by S3's clock. */
export async function readS3Lease(objects: S3Objects): Promise<{ lease: LeaseInBucket | null; serverMs: number }> {
  const { object, serverMs } = await objects.get(KEY);
  if (Number.isNaN(serverMs))
    throw new StoreUnreachable(`s3://${objects.bucket}/${KEY}: the answer has no Date, so nobody can tell`, null);
  if (object === null) return { lease: null, serverMs };
  const where = `s3://${objects.bucket}/${KEY}`;
  const stored = parseRecord(storedLease, object.text, where, "restore an earlier version of it when no deploy runs");
  const record: LeaseRecord = {
    holder: stored.holder,
    fencing: stored.fencing,
    sinceMs: stored.sinceMs,
    expiresAtMs: object.writtenAtMs + stored.durationMs,
    releasedAtMs: stored.released ? object.writtenAtMs : null,
    process: stored.process,
  };
  const isHeld = !stored.released && serverMs < record.expiresAtMs && !isProvablyDead(record);
  return { lease: { stored, etag: object.etag, record, isHeld }, serverMs };
}

type Mine = Pick<LeaseInBucket, "stored" | "etag">;

class S3Keeper implements LeaseKeeper {
  constructor(
    private readonly objects: S3Objects,
    private mine: Mine,
  ) {}

  async renew(): Promise<"kept" | { lostTo: LeaseRecord | null }> {
    for (;;) {
      const { stored, etag } = this.mine;
      const renewed = await write(this.objects, { ...stored, renewals: stored.renewals + 1 }, etag);
      if (renewed) {
        this.mine = renewed;
        return "kept";
      }
      const { lease } = await readS3Lease(this.objects);
      if (lease?.stored.token !== stored.token) return { lostTo: lease?.record ?? null };
      this.mine = lease;
    }
  }

  /** One that cannot be released now expires by itself. */
  async release(): Promise<void> {
    const { stored, etag } = this.mine;
    await write(this.objects, { ...stored, renewals: stored.renewals + 1, released: true }, etag);
  }
}

/** Null if another one was faster. An answer that was lost is made up for by looking at what is there. */
async function write(objects: S3Objects, stored: StoredLease, expected: string | null): Promise<Mine | null> {
  let fault: unknown = null;
  try {
    const etag = await objects.put(KEY, JSON.stringify(stored), expected);
    if (etag !== null) return { stored, etag };
  } catch (error) {
    if (!(error instanceof StoreUnreachable)) throw error;
    fault = error;
  }
  const { lease } = await readS3Lease(objects);
  if (lease?.stored.token === stored.token && lease.stored.renewals === stored.renewals) return lease;
  if (fault) throw fault;
  return null;
}
