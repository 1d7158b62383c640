import { S3Client } from "@aws-sdk/client-s3";
import { CALL_LIMITS } from "../../core/aws-limits";
import type { Holder, Lease } from "../../ports/store";
import type { NewestLease, StoreBackend, StoredEntry } from "../backend";
import { LEASE_TIMES } from "../held-lease";
import { StackStore } from "../store";
import { S3Journal } from "./journal";
import { acquireS3Lease, MARGIN_MS, readS3Lease, type S3LeaseOptions } from "./lease";
import { S3Objects } from "./objects";

/**
 * Opens the store in a stack's bucket.
 * @public loaded by require, which the search for unused exports does not see
 */
export function openS3Store(bucket: string, region: string): StackStore {
  return new StackStore(new S3Backend(new S3Client({ ...CALL_LIMITS, region }), bucket));
}

/** A store in a bucket: for machines that share nothing else. A record is the object of its name. */
export class S3Backend implements StoreBackend {
  // The bucket's policy refuses a copy of an earlier version: a copy is a write without a condition.
  readonly remedy = "delete its newest version, so that the earlier one counts again";
  readonly #objects: S3Objects;
  readonly #journal: S3Journal;

  constructor(
    client: S3Client,
    bucket: string,
    private readonly options: S3LeaseOptions = { times: LEASE_TIMES, marginMs: MARGIN_MS },
  ) {
    this.#objects = new S3Objects(client, bucket);
    this.#journal = new S3Journal(this.#objects);
  }

  async read(name: string): Promise<string | null> {
    return (await this.#objects.get(name)).object?.text ?? null;
  }

  async create(name: string, text: string): Promise<void> {
    await this.#objects.put(name, text, null);
  }

  async replace(name: string, text: string): Promise<void> {
    for (;;) {
      const { object } = await this.#objects.get(name);
      // Also after a write whose answer was lost.
      if (object?.text === text) return;
      if ((await this.#objects.put(name, text, object?.etag ?? null)) !== null) return;
    }
  }

  addressOf(name: string): string {
    return this.#objects.addressOf(name);
  }

  appendEntry(deploy: string, text: string, assertMayFollow: (last: string) => void): Promise<void> {
    return this.#journal.append(deploy, text, assertMayFollow);
  }

  readEntries(deploy: string): Promise<StoredEntry[] | null> {
    return this.#journal.read(deploy);
  }

  journalAddress(deploy: string): string {
    return this.#journal.address(deploy);
  }

  copyJournal(deploy: string): Promise<void> {
    return this.#journal.copy(deploy);
  }

  deploys(): Promise<string[]> {
    return this.#journal.deploys();
  }

  acquireLease(holder: Holder): Promise<Lease> {
    return acquireS3Lease(this.#objects, holder, this.options);
  }

  async newestLease(): Promise<NewestLease | null> {
    return (await readS3Lease(this.#objects)).lease;
  }
}
