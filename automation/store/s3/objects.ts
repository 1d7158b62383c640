import { setTimeout as sleep } from "node:timers/promises";
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandOutput,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { StoreUnreachable } from "../../ports/store";
import { s3Fault } from "./s3-errors";

/** Two writes at once are over in a moment; who gets 409 this often in a row has another trouble. */
const MAX_CONFLICTS = 20;
const CONFLICT_PAUSE_MS = 50;

/** Unix milliseconds, by S3's own clock. */
interface AtServer {
  serverMs: number;
}

export interface StoredObject {
  text: string;
  etag: string;
  /** Unix milliseconds of its last write, by S3's own clock, in whole seconds. */
  writtenAtMs: number;
}

/** ETag that must still be the object's, or null: there must be none yet. */
type Expected = string | null;

/**
 * Small texts in a bucket. Every write has a condition (aws-rules S1-S5): one writer without would break the lease of all. Times are S3's own, so clocks
 * of the machines that deploy play no part.
 */
export class S3Objects {
  constructor(
    private readonly client: S3Client,
    readonly bucket: string,
  ) {}

  async get(key: string): Promise<AtServer & { object: StoredObject | null }> {
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: key });
    const at = dateOf(command);
    try {
      const found: GetObjectCommandOutput = await this.client.send(command);
      const text = await found.Body!.transformToString();
      const writtenAtMs = found.LastModified!.getTime();
      return { serverMs: at.serverMs, object: { text, etag: found.ETag!, writtenAtMs } };
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return { serverMs: at.serverMs, object: null };
      throw s3Fault(error, this.bucket, key);
    }
  }

  /**
   * Writes if the object is as expected.
   * @returns its new ETag, or null if it is not: which may also be because an earlier answer to this same write was lost
   */
  async put(key: string, text: string, expected: Expected): Promise<string | null> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
      const condition = expected === null ? { IfNoneMatch: "*" } : { IfMatch: expected };
      const command = new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: text,
        ContentType: "application/json",
        ...condition,
      });
      try {
        const written: PutObjectCommandOutput = await this.client.send(command);
        return written.ETag!;
      } catch (error) {
        const { name } = error as Error;
        // With If-Match an object that is gone is 404.
        if (name === "PreconditionFailed" || name === "NoSuchKey") return null;
        // Another write of it, or a delete, was going on (aws-rules S2): which of the two holds is seen by asking again.
        if (name !== "ConditionalRequestConflict") throw s3Fault(error, this.bucket, key);
        await sleep(CONFLICT_PAUSE_MS * (1 + Math.random()));
      }
    }
    throw new StoreUnreachable(`s3://${this.bucket}/${key} is being written by others all the time`, null);
  }

  /** Keys, or with a delimiter the folders below the prefix, in the order of their letters. */
  async list(prefix: string, delimiter?: "/"): Promise<string[]> {
    const names: string[] = [];
    try {
      const input = { Bucket: this.bucket, Prefix: prefix, Delimiter: delimiter };
      for await (const { Contents = [], CommonPrefixes = [] } of paginateListObjectsV2(
        { client: this.client },
        input,
      )) {
        names.push(
          ...(delimiter ? CommonPrefixes.map(({ Prefix }) => Prefix ?? "") : Contents.map(({ Key }) => Key ?? "")),
        );
      }
    } catch (error) {
      throw s3Fault(error, this.bucket, prefix);
    }
    return names.sort();
  }
}

/** Filled with the Date header of the answer, be it an error's. */
function dateOf(command: GetObjectCommand): AtServer {
  const at: AtServer = { serverMs: Number.NaN };
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers: Record<string, string> };
      at.serverMs = Date.parse(headers.date ?? "");
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  return at;
}
