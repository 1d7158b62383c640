import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { type Operation, operation } from "../../../protocols/service";
import { unescaped } from "../../../protocols/xml";
import type { ObjectVersion, Versioning } from "../model/bucket-objects";
import type { Bucket as BucketState, S3 } from "../model/s3";
import { listPage } from "./listing";
import type { S3Output } from "./protocol";

/** Keys of a page, at most, and by default. */
const MAX_KEYS = 1_000;

const Bucket = z.string();
const Key = z.string();
const optional = z.string().optional();
const Body = z.instanceof(Buffer).default(Buffer.alloc(0));
const Metadata = z.record(z.string(), z.string()).optional();
/** What SDKs send besides, and what has no effect here. */
const ContentType = optional;
const inBucket = { Bucket, ContentType };
const inObject = { Bucket, Key, ContentType };
const listing = {
  ...inBucket,
  Prefix: z.string().default(""),
  MaxKeys: z.coerce.number().int().min(0).max(MAX_KEYS).default(MAX_KEYS),
};
const listingKeys = {
  ...listing,
  Delimiter: optional,
  EncodingType: z.literal("url").optional(),
  ContinuationToken: optional,
  StartAfter: optional,
  FetchOwner: z.literal("false").optional(),
};
const writing = {
  ...inObject,
  IfMatch: optional,
  IfNoneMatch: optional,
  Metadata,
  // Buckets here have ACLs switched off, and S3's own keys.
  ACL: z.literal("bucket-owner-full-control").optional(),
  ServerSideEncryption: z.literal("AES256").optional(),
};

/** The operations of S3 on buckets and objects. Objects are sent and read as a whole or by one range. */
export function s3Operations(s3: S3): Record<string, Operation> {
  return { ...bucketOperations(s3), ...listOperations(s3), ...objectOperations(s3) };
}

function bucketOperations(s3: S3): Record<string, Operation> {
  return {
    ListBuckets: s3Operation({ ContentType }, () => ({
      xml: {
        root: "ListAllMyBucketsResult",
        content: { Buckets: { Bucket: s3.all().map(({ name }) => ({ Name: name })) } },
      },
    })),
    CreateBucket: s3Operation({ ...inBucket, Body, ACL: z.literal("private").optional() }, ({ Bucket: name }) => {
      s3.createBucket(name);
      return { status: 200, headers: { location: `/${name}` } };
    }),
    HeadBucket: s3Operation(inBucket, ({ Bucket: name }) => {
      s3.get(name);
      return { headers: { "x-amz-bucket-region": s3.context.region } };
    }),
    DeleteBucket: s3Operation(inBucket, ({ Bucket: name }) => {
      s3.deleteBucket(name, false);
      return {};
    }),
    GetBucketLocation: s3Operation(inBucket, ({ Bucket: name }) => {
      s3.get(name);
      const { region } = s3.context;
      // S3 answers with nothing for its first Region.
      const body = region === "us-east-1" ? "" : region;
      return {
        body: `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</LocationConstraint>`,
      };
    }),
    GetBucketPolicy: s3Operation(inBucket, ({ Bucket: name }) => {
      const { policy } = s3.get(name);
      if (!policy) throw new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist");
      return { headers: { "content-type": "application/json" }, body: policy.json };
    }),
    PutBucketPolicy: s3Operation({ ...inBucket, Body }, ({ Bucket: name, Body: json }) => {
      s3.putPolicy(name, json.toString());
      return {};
    }),
    DeleteBucketPolicy: s3Operation(inBucket, ({ Bucket: name }) => {
      s3.deletePolicy(name);
      return {};
    }),
    GetBucketVersioning: s3Operation(inBucket, ({ Bucket: name }) => {
      const Status = s3.get(name).objects.versioning ?? undefined;
      return { xml: { root: "VersioningConfiguration", content: { Status } } };
    }),
    PutBucketVersioning: s3Operation({ ...inBucket, Body }, ({ Bucket: name, Body: xml }) => {
      const [, status] = /<Status>(Enabled|Suspended)<\/Status>/.exec(xml.toString()) ?? [];
      if (status === undefined) throw new AwsError("MalformedXML", "The XML you provided was not well-formed");
      s3.setVersioning(name, status as Exclude<Versioning, null>);
      return { status: 200 };
    }),
  };
}

function listOperations(s3: S3): Record<string, Operation> {
  return {
    ListObjectsV2: s3Operation(
      listingKeys,
      ({ Bucket: name, Prefix, Delimiter, MaxKeys, ContinuationToken, StartAfter, EncodingType }) => {
        const after = ContinuationToken === undefined ? (StartAfter ?? "") : fromToken(ContinuationToken);
        const all = s3.get(name).objects.list(Prefix);
        const page = listPage(all, { prefix: Prefix, delimiter: Delimiter, maxKeys: MaxKeys, after });
        const encoded = (text: string) => (EncodingType ? encodeURIComponent(text).replaceAll("%2F", "/") : text);
        const content = {
          Name: name,
          Prefix: encoded(Prefix),
          Delimiter,
          EncodingType,
          KeyCount: page.items.length + page.commonPrefixes.length,
          MaxKeys,
          IsTruncated: page.next !== undefined,
          NextContinuationToken: page.next === undefined ? undefined : toToken(page.next),
          Contents: page.items.map((item) => ({ Key: encoded(item.key), ...described(item) })),
          CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encoded(prefix) })),
        };
        return { xml: { root: "ListBucketResult", content } };
      },
    ),
    ListObjectVersions: s3Operation(
      { ...listing, KeyMarker: z.string().default(""), VersionIdMarker: optional },
      ({ Bucket: name, Prefix, MaxKeys, KeyMarker, VersionIdMarker }) => {
        const all = afterVersion(s3.get(name).objects.versions(Prefix), KeyMarker, VersionIdMarker);
        const page = all.slice(0, MaxKeys);
        const newest = (item: ObjectVersion) => s3.get(name).objects.newest(item.key) === item;
        const shown = (isDeleteMarker: boolean) =>
          page
            .filter((item) => item.isDeleteMarker === isDeleteMarker)
            .map((item) => ({
              Key: item.key,
              VersionId: item.versionId,
              IsLatest: newest(item),
              ...(isDeleteMarker ? { LastModified: new Date(item.lastModifiedMs) } : described(item)),
            }));
        const last = page.length < all.length ? page.at(-1) : undefined;
        const content = {
          ...{ Name: name, Prefix, KeyMarker, MaxKeys, IsTruncated: last !== undefined },
          NextKeyMarker: last?.key,
          NextVersionIdMarker: last?.versionId,
          Version: shown(false),
          DeleteMarker: shown(true),
        };
        return { xml: { root: "ListVersionsResult", content } };
      },
    ),
  };
}

function objectOperations(s3: S3): Record<string, Operation> {
  const reading = { ...inObject, VersionId: optional, IfMatch: optional, IfNoneMatch: optional, Range: optional };
  return {
    GetObject: s3Operation(reading, (input) => readOutput(s3.get(input.Bucket), input)),
    HeadObject: s3Operation(reading, (input) => readOutput(s3.get(input.Bucket), input)),
    PutObject: s3Operation({ ...writing, Body }, (input, { arrivedAtMs }) => {
      const { IfMatch: ifMatch, IfNoneMatch: ifNoneMatch } = input;
      const written = s3
        .get(input.Bucket)
        .objects.put(input.Key, { body: input.Body, ...content(input) }, { ifMatch, ifNoneMatch, arrivedAtMs });
      return { headers: { etag: written.etag, ...versionHeader(written), ...ENCRYPTED } };
    }),
    CopyObject: s3Operation(
      { ...writing, CopySource: z.string(), MetadataDirective: z.enum(["COPY", "REPLACE"]).default("COPY") },
      (input, { arrivedAtMs }) => {
        const { IfMatch: ifMatch, IfNoneMatch: ifNoneMatch } = input;
        const source = copySource(input.CopySource);
        const { body, contentType, metadata } = s3.get(source.bucket).objects.get(source.key, source.versionId);
        const copy = s3
          .get(input.Bucket)
          .objects.put(
            input.Key,
            { body, ...(input.MetadataDirective === "COPY" ? { contentType, metadata } : content(input)) },
            { ifMatch, ifNoneMatch, arrivedAtMs },
          );
        return {
          headers: { ...versionHeader(copy), ...ENCRYPTED },
          xml: { root: "CopyObjectResult", content: { ETag: copy.etag, LastModified: new Date(copy.lastModifiedMs) } },
        };
      },
    ),
    DeleteObject: s3Operation({ ...inObject, VersionId: optional, IfMatch: optional }, (input, { arrivedAtMs }) => {
      const { objects } = s3.get(input.Bucket);
      return {
        status: 204,
        headers: deleteIn(objects, input.Key, input.VersionId, { ifMatch: input.IfMatch, arrivedAtMs }),
      };
    }),
    DeleteObjects: s3Operation({ ...inBucket, Body }, ({ Bucket: name, Body: xml }) => {
      const { objects } = s3.get(name);
      const Deleted = keysToDelete(xml).map(({ key, versionId }) => {
        deleteIn(objects, key, versionId);
        return { Key: key, VersionId: versionId };
      });
      return { xml: { root: "DeleteResult", content: { Deleted } } };
    }),
  };
}

/** As `operation`, with S3's form of answers. */
function s3Operation<Shape extends z.ZodRawShape>(
  shape: Shape,
  perform: (...args: Parameters<Parameters<typeof operation<Shape>>[1]>) => S3Output,
): Operation {
  return operation(shape, perform);
}

const ENCRYPTED = { "x-amz-server-side-encryption": "AES256" };

function content({
  ContentType: contentType,
  Metadata: metadata,
}: {
  ContentType?: string | undefined;
  Metadata?: Record<string, string> | undefined;
}) {
  return { ...(contentType === undefined ? {} : { contentType }), ...(metadata ? { metadata } : {}) };
}

interface ReadInput {
  Key: string;
  VersionId?: string | undefined;
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
  Range?: string | undefined;
}

function readOutput({ objects }: BucketState, input: ReadInput): S3Output {
  const found = objects.get(input.Key, input.VersionId);
  if (input.IfMatch !== undefined && input.IfMatch !== found.etag) {
    throw new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  }
  if (input.IfNoneMatch === found.etag) throw new AwsError("NotModified", "Not Modified");
  const metadata = Object.entries(found.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  const headers = {
    etag: found.etag,
    "last-modified": new Date(found.lastModifiedMs).toUTCString(),
    "content-type": found.contentType,
    "accept-ranges": "bytes",
    ...versionHeader(found),
    ...ENCRYPTED,
    ...Object.fromEntries(metadata),
  };
  if (input.Range === undefined)
    return { status: 200, headers: { ...headers, "content-length": String(found.body.length) }, body: found.body };
  const [first, last] = rangeOf(input.Range, found.body.length);
  const part = found.body.subarray(first, last + 1);
  const range = {
    "content-range": `bytes ${first}-${last}/${found.body.length}`,
    "content-length": String(part.length),
  };
  return { status: 206, headers: { ...headers, ...range }, body: part };
}

/** @throws AwsError InvalidRange */
function rangeOf(range: string, length: number): [first: number, last: number] {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const first = from === "" ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === "" || to === "" ? length - 1 : Math.min(Number(to), length - 1);
  if ((from === "" && to === "") || first > last) {
    throw new AwsError("InvalidRange", "The requested range is not satisfiable");
  }
  return [first, last];
}

function deleteIn(
  objects: BucketState["objects"],
  key: string,
  versionId?: string,
  condition: Parameters<BucketState["objects"]["delete"]>[1] = {},
): S3Output["headers"] {
  if (versionId !== undefined) {
    const deleted = objects.deleteVersion(key, versionId);
    return { "x-amz-version-id": versionId, ...(deleted?.isDeleteMarker ? { "x-amz-delete-marker": "true" } : {}) };
  }
  const marker = objects.delete(key, condition);
  return marker ? { ...versionHeader(marker), "x-amz-delete-marker": "true" } : {};
}

function keysToDelete(xml: Buffer): { key: string; versionId: string | undefined }[] {
  const textOf = (text: string, name: string) => {
    const [, value] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text) ?? [];
    return value === undefined ? undefined : unescaped(value);
  };
  return [...xml.toString().matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object = ""]) => ({
    key: textOf(object, "Key") ?? "",
    versionId: textOf(object, "VersionId"),
  }));
}

/** @param source `/bucket/key` or `bucket/key`, encoded as in a URL, and perhaps `?versionId=...` */
export function copySource(source: string): { bucket: string; key: string; versionId: string | undefined } {
  const { pathname, searchParams } = new URL(source.replace(/^\/?/, "/"), "http://s3");
  const [, bucket = "", key = ""] = /^\/([^/]+)\/(.+)$/.exec(decodeURIComponent(pathname)) ?? [];
  return { bucket, key, versionId: searchParams.get("versionId") ?? undefined };
}

function versionHeader({ versionId }: ObjectVersion): { "x-amz-version-id"?: string } {
  return versionId === "null" ? {} : { "x-amz-version-id": versionId };
}

function described({ etag, body, lastModifiedMs }: ObjectVersion) {
  return { LastModified: new Date(lastModifiedMs), ETag: etag, Size: body.length, StorageClass: "STANDARD" };
}

/** Versions after the one that the markers name; by key alone if there is no marker of a version. */
function afterVersion(all: ObjectVersion[], key: string, versionId: string | undefined): ObjectVersion[] {
  if (versionId === undefined) return all.filter((item) => item.key > key);
  return all.slice(all.findIndex((item) => item.key === key && item.versionId === versionId) + 1);
}

/** S3's tokens are opaque. */
function toToken(key: string): string {
  return Buffer.from(key).toString("base64url");
}

function fromToken(token: string): string {
  return Buffer.from(token, "base64url").toString();
}
