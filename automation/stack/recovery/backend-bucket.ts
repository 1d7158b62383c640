import "../../core/silent-aws-sdk";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { CALL_LIMITS } from "../../core/aws-limits";
import { listKeys, readObject } from "../../core/bucket";

/**
 * Reads all objects below a folder of a Pulumi backend such as
 * `s3://bucket/prefix?region=ap-northeast-1&endpoint=...&s3ForcePathStyle=true&profile=...`.
 * @returns their texts, null for an object that was deleted after it was listed; undefined where they may not be listed
 * @public loaded by require, which the search for unused exports does not see
 */
export async function objectsIn(backendUrl: URL, folder: string): Promise<(string | null)[] | undefined> {
  return withBucket(backendUrl, folder, async (client, bucket, prefix) => {
    const texts: (string | null)[] = [];
    for (const key of await listKeys(client, bucket, prefix)) {
      const object = await readObject(client, new GetObjectCommand({ Bucket: bucket, Key: key }));
      texts.push(object?.text ?? null);
    }
    return texts;
  });
}

/**
 * Reads one object of a Pulumi backend; undefined where there is none, or where it may not be read.
 * @public loaded by require, which the search for unused exports does not see
 */
export function objectAt(backendUrl: URL, path: string): Promise<string | undefined> {
  return withBucket(backendUrl, path, async (client, bucket, key) => {
    const object = await readObject(client, new GetObjectCommand({ Bucket: bucket, Key: key }));
    return object?.text;
  });
}

/**
 * Returns key and ETag of all objects whose key begins so, one line each; undefined where they may not be listed.
 * @public loaded by require, which the search for unused exports does not see
 */
export function etagsOf(backendUrl: URL, beginning: string): Promise<string | undefined> {
  return withBucket(backendUrl, beginning, async (client, bucket, prefix) => {
    const lines: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
      lines.push(...Contents.map(({ Key, ETag }) => `${Key} ${ETag}`));
    return lines.join("\n");
  });
}

/** @returns undefined where the objects may not be listed */
async function withBucket<Result>(
  backendUrl: URL,
  path: string,
  act: (client: S3Client, bucket: string, prefix: string) => Promise<Result>,
): Promise<Result | undefined> {
  const { hostname: bucket, pathname } = backendUrl;
  const client = clientFor(backendUrl);
  const prefix = [...pathname.split("/").filter((part) => part !== ""), path].join("/");
  try {
    return await act(client, bucket, prefix);
  } catch (error) {
    if ((error as Error).name === "AccessDenied") return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

function clientFor({ searchParams }: URL): S3Client {
  const [endpoint, region, profile] = ["endpoint", "region", "profile"].map((name) => searchParams.get(name));
  const scheme = searchParams.get("disableSSL") === "true" ? "http" : "https";
  return new S3Client({
    ...CALL_LIMITS,
    ...(region && { region }),
    ...(profile && { profile }),
    ...(endpoint && { endpoint: /^https?:/.test(endpoint) ? endpoint : `${scheme}://${endpoint}` }),
    forcePathStyle: ["s3ForcePathStyle", "use_path_style"].some((name) => searchParams.get(name) === "true"),
  });
}
