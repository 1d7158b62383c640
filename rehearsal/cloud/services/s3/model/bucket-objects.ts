import { createHash } from "node:crypto";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { Random } from "../../../kernel/random";

/** Version id of objects that were written while the bucket was not versioned. */
const NULL_VERSION = "null";
/** Hexadecimal digits of other version ids. AWS's ids are opaque. */
const VERSION_DIGITS = 32;

export type Versioning = "Enabled" | "Suspended" | null;

export interface ObjectVersion {
  key: string;
  versionId: string;
  isDeleteMarker: boolean;
  body: Buffer;
  /** The MD5 of the body in quotation marks. */
  etag: string;
  contentType: string;
  /** User metadata, by name without `x-amz-meta-`. */
  metadata: Record<string, string>;
  /** Unix milliseconds. */
  lastModifiedMs: number;
}

export type NewObject = Pick<ObjectVersion, "body"> & Partial<Pick<ObjectVersion, "contentType" | "metadata">>;

/** What the headers of a write ask for. */
export interface WriteCondition {
  /** ETag that the object must have; `*` for any. */
  ifMatch?: string | undefined;
  /** S3 allows `*` only: there must be no object. */
  ifNoneMatch?: string | undefined;
  /** When the request began to arrive, by `performance.now()`. Default: now. */
  arrivedAtMs?: number | undefined;
}

interface LastWrite {
  /** When the change was made, in milliseconds of `performance.now()`. */
  atMs: number;
  isDelete: boolean;
}

/** The objects of one bucket, with their versions. Reads see every write that has ended (aws-rules S5). */
export class BucketObjects {
  versioning: Versioning = null;
  /** Versions by key, newest first. */
  readonly #versions = new Map<string, ObjectVersion[]>();
  readonly #lastWrites = new Map<string, LastWrite>();

  /** @param now Unix milliseconds */
  constructor(
    private readonly random: Random,
    private readonly now: () => number,
  ) {}

  /** Whether there is no object, no old version and no delete marker. */
  get isEmpty(): boolean {
    return this.#versions.size === 0;
  }

  /** Returns the current version; undefined if there is none, or if it is a delete marker. */
  find(key: string): ObjectVersion | undefined {
    const newest = this.newest(key);
    return newest?.isDeleteMarker ? undefined : newest;
  }

  /** Returns the newest version, which may be a delete marker. */
  newest(key: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.[0];
  }

  /** @throws AwsError NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker */
  get(key: string, versionId?: string): ObjectVersion {
    if (versionId === undefined) {
      return orNotFound(this.find(key), "NoSuchKey", "The specified key does not exist.");
    }
    const version = this.#versions.get(key)?.find((one) => one.versionId === versionId);
    if (!version) throw new AwsError("NoSuchVersion", "The specified version does not exist.");
    if (version.isDeleteMarker)
      throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.");
    return version;
  }

  /**
   * Writes an object if the condition is met.
   * @throws AwsError PreconditionFailed, ConditionalRequestConflict, NoSuchKey, NotImplemented (aws-rules S1 to S4)
   */
  put(key: string, { body, contentType, metadata }: NewObject, condition: WriteCondition = {}): ObjectVersion {
    this.#assertMet(key, condition);
    return this.#add({
      key,
      isDeleteMarker: false,
      body,
      etag: `"${createHash("md5").update(body).digest("hex")}"`,
      contentType: contentType ?? "binary/octet-stream",
      metadata: metadata ?? {},
    });
  }

  /**
   * Deletes an object if the condition is met: in a versioned bucket by a delete marker. Does nothing if there is none.
   * @returns the delete marker, if there is one now
   * @throws AwsError as `put`
   */
  delete(key: string, condition: WriteCondition = {}): ObjectVersion | undefined {
    this.#assertMet(key, condition);
    if (this.versioning !== null) {
      const marker = { key, isDeleteMarker: true, body: Buffer.alloc(0), etag: "", contentType: "", metadata: {} };
      return this.#add(marker);
    }
    this.deleteVersion(key, NULL_VERSION);
    return undefined;
  }

  /** Deletes one version for good; the one before it becomes current. @returns the version, if there was one */
  deleteVersion(key: string, versionId: string): ObjectVersion | undefined {
    const versions = this.#versions.get(key) ?? [];
    const deleted = versions.find((one) => one.versionId === versionId);
    this.#keep(
      key,
      versions.filter((one) => one !== deleted),
    );
    if (deleted) this.#lastWrites.set(key, { atMs: performance.now(), isDelete: true });
    return deleted;
  }

  /** Returns the current objects whose keys have that prefix, by key in the order of their bytes. */
  list(prefix: string): ObjectVersion[] {
    return this.#keys(prefix).flatMap((key) => this.find(key) ?? []);
  }

  /** Returns all versions and delete markers, by key, newest first. */
  versions(prefix: string): ObjectVersion[] {
    return this.#keys(prefix).flatMap((key) => this.#versions.get(key)!);
  }

  clear(): void {
    this.#versions.clear();
  }

  #keys(prefix: string): string[] {
    const keys = [...this.#versions.keys()].filter((key) => key.startsWith(prefix));
    return keys.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  }

  #add(version: Omit<ObjectVersion, "versionId" | "lastModifiedMs">): ObjectVersion {
    const versionId = this.versioning === "Enabled" ? this.random.hex(VERSION_DIGITS) : NULL_VERSION;
    const added = { ...version, versionId, lastModifiedMs: this.now() };
    const others = (this.#versions.get(version.key) ?? []).filter((one) => one.versionId !== versionId);
    this.#keep(version.key, [added, ...others]);
    this.#lastWrites.set(version.key, { atMs: performance.now(), isDelete: version.isDeleteMarker });
    return added;
  }

  #keep(key: string, versions: ObjectVersion[]): void {
    if (versions.length > 0) this.#versions.set(key, versions);
    else this.#versions.delete(key);
  }

  #assertMet(key: string, { ifMatch, ifNoneMatch, arrivedAtMs }: WriteCondition): void {
    if (ifMatch === undefined && ifNoneMatch === undefined) return;
    if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
      throw new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented");
    }
    const current = this.find(key);
    const isMet =
      (ifNoneMatch === undefined || !current) &&
      (ifMatch === undefined || (current !== undefined && (ifMatch === "*" || ifMatch === current.etag)));
    this.#assertAlone(key, arrivedAtMs, isMet);
    if (isMet) return;
    if (!current) throw new AwsError("NoSuchKey", "The specified key does not exist.");
    throw new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  }

  /**
   * Another write of the key that ended while this one was arriving: after a delete S3 answers that there is a
   * conflict, after another write that or that the condition is not met (S2). Which one of the two is left to chance.
   */
  #assertAlone(key: string, arrivedAtMs: number | undefined, isMet: boolean): void {
    const last = this.#lastWrites.get(key);
    if (!last || arrivedAtMs === undefined || last.atMs <= arrivedAtMs) return;
    if (!last.isDelete && (isMet || this.random.between(0, 1) < 0.5)) return;
    throw new AwsError(
      "ConditionalRequestConflict",
      "The conditional request cannot succeed due to a conflicting operation against this resource.",
    );
  }
}
