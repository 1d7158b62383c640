import "../../core/quiet-aws-sdk";
import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { CALL_LIMITS } from "../../core/aws-limits";

/**
 * Texts of all objects below a folder of a Pulumi backend: `s3://bucket/prefix?region=ap-northeast-1&endpoint=...&s3ForcePathStyle=true&profile=...`.
 * Undefined where they may not be listed.
 */
export async function readObjects(
  { hostname, pathname, searchParams }: URL,
  folder: string,
): Promise<string[] | undefined> {
  const endpoint = searchParams.get("endpoint");
  const [region, profile] = [searchParams.get("region"), searchParams.get("profile")];
  const s3 = new S3Client({
    ...CALL_LIMITS,
    ...(region === null ? {} : { region }),
    ...(profile === null ? {} : { profile }),
    ...(endpoint === null ? {} : { endpoint: /^https?:/.test(endpoint) ? endpoint : `https://${endpoint}` }),
    forcePathStyle: ["s3ForcePathStyle", "use_path_style"].some((name) => searchParams.get(name) === "true"),
  });
  const prefix = [...pathname.split("/").filter((part) => part !== ""), folder].join("/");
  try {
    const texts: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: hostname, Prefix: prefix })) {
      for (const { Key } of Contents) texts.push(await textOf(s3, hostname, Key!));
    }
    // One that is gone was given back in between.
    return texts.filter((text) => text !== "");
  } catch (error) {
    if ((error as { name?: string }).name === "AccessDenied") return undefined;
    throw error;
  } finally {
    s3.destroy();
  }
}

async function textOf(s3: S3Client, Bucket: string, Key: string): Promise<string> {
  try {
    return (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? "";
  } catch (error) {
    if (error instanceof NoSuchKey) return "";
    throw error;
  }
}
