import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { onAnswerDate } from "../../core/answer-date";
import { type BucketObject, listKeys, readObject } from "../../core/bucket";
import { StoreUnreachable } from "../../ports/store";
import { explainS3Error } from "./s3-errors";

/** Two concurrent writes are over in a moment: a caller that gets 409 this often in a row has another problem. */
const MAX_CONFLICTS = 20;
const CONFLICT_PAUSE_MS = 50;

/** Unix milliseconds, by S3's own clock. */
interface AtServer {
  serverMs: number;
}

/** ETag that the object must still have; null: there must be no object yet. */
type Expected = string | null;

/**
 * Small texts in a bucket. Every write has a condition (aws-rules S1-S5): one writer without a condition would break
 * the lease for all. Times are S3's own, so the clocks of the machines that deploy do not matter.
 */
export class S3Objects {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  addressOf(key: string): string {
    return `s3://${this.bucket}/${key}`;
  }

  async get(key: string): Promise<AtServer & { object: BucketObject | null }> {
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: key });
    let serverMs = Number.NaN;
    onAnswerDate(command, (atMs) => {
      serverMs = atMs;
    });
    try {
      const object = await readObject(this.client, command);
      return { serverMs, object };
    } catch (error) {
      throw explainS3Error(error, this.bucket, key);
    }
  }

  /**
   * Writes if the object is as expected.
   * @returns the new ETag, or null if the object is not as expected; an earlier try of this same write whose answer was
   * lost may be the reason
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
        // With If-Match, S3 answers 404 for an object that does not exist any more.
        if (name === "PreconditionFailed" || name === "NoSuchKey") return null;
        // Another write or a delete of the object was in progress (aws-rules S2): only another try shows which of them
        // counts.
        if (name !== "ConditionalRequestConflict") throw explainS3Error(error, this.bucket, key);
        await sleep(CONFLICT_PAUSE_MS * (1 + Math.random()));
      }
    }
    throw new StoreUnreachable(`${this.addressOf(key)} is being written by others all the time`, null);
  }

  /** Returns keys with a prefix or, with a delimiter, the folders directly below it; sorted. */
  async list(prefix: string, delimiter?: "/"): Promise<string[]> {
    try {
      return await listKeys(this.client, this.bucket, prefix, delimiter);
    } catch (error) {
      throw explainS3Error(error, this.bucket, prefix);
    }
  }
}
