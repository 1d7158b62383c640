import {
  type GetObjectCommand,
  type GetObjectCommandOutput,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";

export interface BucketObject {
  text: string;
  etag: string;
  /** Unix milliseconds of its last write, by S3's own clock, in whole seconds. */
  writtenAtMs: number;
}

/** Returns an object, or null if there is none with that key. */
export async function readObject(client: S3Client, command: GetObjectCommand): Promise<BucketObject | null> {
  try {
    const found: GetObjectCommandOutput = await client.send(command);
    const text = await found.Body!.transformToString();
    return { text, etag: found.ETag!, writtenAtMs: found.LastModified!.getTime() };
  } catch (error) {
    if ((error as Error).name === "NoSuchKey") return null;
    throw error;
  }
}

/** Returns all keys with a prefix or, with a delimiter, the folders directly below it; sorted. */
export async function listKeys(client: S3Client, bucket: string, prefix: string, delimiter?: "/"): Promise<string[]> {
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: delimiter });
  const names: string[] = [];
  for await (const { Contents = [], CommonPrefixes = [] } of pages) {
    const page = delimiter ? CommonPrefixes.map(({ Prefix }) => Prefix) : Contents.map(({ Key }) => Key);
    names.push(...page.map((name) => name ?? ""));
  }
  return names.sort();
}
