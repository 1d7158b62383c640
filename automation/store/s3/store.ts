import type { S3Client } from "@aws-sdk/client-s3";
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
import { LEASE_TIMES } from "../lease-times";
import { decision, freeze, migrationRecord, parseRecord, stopOrder } from "../record-schemas";
import { S3Journal } from "./journal";
import { acquireS3Lease, MARGIN_MS, readS3Lease, type S3LeaseOptions } from "./lease";
import { S3Objects, type StoredObject } from "./objects";

const FREEZE_KEY = "freeze.json";

/** Leases, journals, migrations, decisions, stop orders and a freeze of one stack as objects of its bucket: for machines that share nothing else. */
export class S3Store implements DeployStore {
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

  acquire(holder: Holder): Promise<Lease> {
    return acquireS3Lease(this.#objects, holder, this.options);
  }

  async lease(): Promise<LeaseRecord | null> {
    const { lease } = await readS3Lease(this.#objects);
    return lease?.isHeld ? lease.record : null;
  }

  async newestLease(): Promise<LeaseRecord | null> {
    return (await readS3Lease(this.#objects)).lease?.record ?? null;
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

  async migration(service: string, digest: string): Promise<MigrationRecord | null> {
    const key = migrationKey(service, digest);
    const { object } = await this.#objects.get(key);
    return object && this.#parse(migrationRecord, key, object);
  }

  /** The first record of a migration stays. */
  async recordMigration(service: string, digest: string, migration: MigrationRecord): Promise<void> {
    await this.#objects.put(migrationKey(service, digest), JSON.stringify(migration), null);
  }

  async decision(deploy: string, fencing: number): Promise<Decision | null> {
    const key = decisionKey(deploy, fencing);
    const { object } = await this.#objects.get(key);
    return object && this.#parse(decision, key, object);
  }

  async recordDecision(deploy: string, given: Decision): Promise<Decision> {
    const key = decisionKey(deploy, given.fencing);
    const lease = await this.newestLease();
    if (lease && lease.fencing > given.fencing) throw new LeaseLostError(given.fencing, lease);
    await this.#objects.put(key, JSON.stringify(given), null);
    return (await this.decision(deploy, given.fencing)) ?? given;
  }

  async remoteStop(fencing: number): Promise<RemoteStop | null> {
    const key = stopOrderKey(fencing);
    const { object } = await this.#objects.get(key);
    return object && this.#parse(stopOrder, key, object);
  }

  async requestStop(order: RemoteStop): Promise<void> {
    await this.#objects.put(stopOrderKey(order.fencing), JSON.stringify(order), null);
  }

  async frozen(): Promise<Freeze | null> {
    const { object } = await this.#objects.get(FREEZE_KEY);
    return object && this.#parse(freeze.nullable(), FREEZE_KEY, object);
  }

  freeze(value: Freeze): Promise<void> {
    return this.#writeFreeze(value);
  }

  async unfreeze(): Promise<void> {
    if (await this.frozen()) await this.#writeFreeze(null);
  }

  /** Written, never deleted: so deploys need no right to delete anything. */
  async #writeFreeze(value: Freeze | null): Promise<void> {
    const text = JSON.stringify(value);
    for (;;) {
      const { object } = await this.#objects.get(FREEZE_KEY);
      if (object?.text === text) return;
      if ((await this.#objects.put(FREEZE_KEY, text, object?.etag ?? null)) !== null) return;
    }
  }

  #parse<Record>(schema: z.ZodType<Record>, key: string, { text }: StoredObject): Record {
    return parseRecord(schema, text, `s3://${this.#objects.bucket}/${key}`, "restore an earlier version of it");
  }
}

function decisionKey(deploy: string, fencing: number): string {
  assertDeployId(deploy);
  return `decisions/${deploy}-${fencing}.json`;
}

function stopOrderKey(fencing: number): string {
  return `stop-orders/${fencing}.json`;
}

function migrationKey(service: string, digest: string): string {
  return `migrations/${service}-${digest.replace(/^sha256:/, "")}.json`;
}
