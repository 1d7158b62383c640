import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { AwsError } from "../../../kernel/aws-error";
import type { Input, Protocol, Reply } from "../../../protocols/service";
import { elements } from "../../../protocols/xml";
import { decodeChunks } from "./chunks";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** What an operation of S3 answers with. */
export interface S3Output {
  /** Default: 200, or 204 for an answer without a body. */
  status?: number;
  headers?: Record<string, string | undefined>;
  /** The document's root element and what is in it. */
  xml?: { root: string; content: object };
  body?: Buffer | string;
}

/** Query parameters that make a request another operation than the plain one of its method and path. */
const SUBRESOURCES = [
  ...["accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering"],
  ...["inventory", "legal-hold", "lifecycle", "location", "logging", "metrics", "notification", "object-lock"],
  ...["ownershipControls", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment"],
  ...["restore", "retention", "select", "tagging", "torrent", "uploadId", "uploads", "versioning", "versions"],
  "website",
];

/** Operations by method and path: `/` is the service, `/B` a bucket, `/B/K` an object. */
const OPERATIONS: Record<string, string> = {
  "GET /": "ListBuckets",
  "PUT /B": "CreateBucket",
  "HEAD /B": "HeadBucket",
  "DELETE /B": "DeleteBucket",
  "GET /B": "ListObjectsV2",
  "GET /B?versions": "ListObjectVersions",
  "GET /B?location": "GetBucketLocation",
  "GET /B?policy": "GetBucketPolicy",
  "PUT /B?policy": "PutBucketPolicy",
  "DELETE /B?policy": "DeleteBucketPolicy",
  "GET /B?versioning": "GetBucketVersioning",
  "PUT /B?versioning": "PutBucketVersioning",
  "POST /B?delete": "DeleteObjects",
  "GET /B/K": "GetObject",
  "HEAD /B/K": "HeadObject",
  "PUT /B/K": "PutObject",
  "DELETE /B/K": "DeleteObject",
};

const QUERY_PARAMETERS: Record<string, string> = {
  prefix: "Prefix",
  delimiter: "Delimiter",
  "max-keys": "MaxKeys",
  "continuation-token": "ContinuationToken",
  "start-after": "StartAfter",
  "encoding-type": "EncodingType",
  "key-marker": "KeyMarker",
  "version-id-marker": "VersionIdMarker",
  "fetch-owner": "FetchOwner",
  versionId: "VersionId",
};

const HEADER_PARAMETERS: Record<string, string> = {
  "if-match": "IfMatch",
  "if-none-match": "IfNoneMatch",
  "content-type": "ContentType",
  range: "Range",
  "x-amz-copy-source": "CopySource",
  "x-amz-metadata-directive": "MetadataDirective",
  "x-amz-acl": "ACL",
  "x-amz-server-side-encryption": "ServerSideEncryption",
};

/** Headers of the transport and of the signature, which change nothing about an operation. */
const IGNORED_HEADERS =
  /^x-amz-(content-sha256|date|decoded-content-length|security-token|user-agent|trailer|checksum-.*|sdk-.*)$/;
const METADATA_PREFIX = "x-amz-meta-";

const STATUS: Record<string, number> = {
  NotModified: 304,
  AccessDenied: 403,
  InvalidAccessKeyId: 403,
  NoSuchBucket: 404,
  NoSuchBucketPolicy: 404,
  NoSuchKey: 404,
  NoSuchVersion: 404,
  MethodNotAllowed: 405,
  BucketAlreadyExists: 409,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  ConditionalRequestConflict: 409,
  PreconditionFailed: 412,
  InvalidRange: 416,
  NotImplemented: 501,
  SlowDown: 503,
};

/**
 * S3's own form of REST with XML: method, path, query and headers say which operation it is. A bucket is the first
 * part of the path (as for an endpoint with an address) or of the host name (`<bucket>.s3.<region>.amazonaws.com`,
 * `<bucket>.localhost`).
 */
export const s3Protocol: Protocol = {
  contentType: "application/xml",
  refusals: { accessDenied: "AccessDenied", unknownKey: "InvalidAccessKeyId", expiredToken: "ExpiredToken" },
  read,
  write: (_, output) => reply(output as S3Output),
  writeError: (Code, Message) => document("Error", { Code, Message }),
  errorStatus: (code) => STATUS[code] ?? 400,
};

function read({ method, url = "/", headers }: IncomingMessage, sent: Buffer): { operation: string; input: Input } {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const { bucket, key } = placeOf(headers.host ?? "", pathname);
  const subresource = SUBRESOURCES.find((name) => searchParams.has(name));
  const path = `/${bucket === "" ? "" : "B"}${key === "" ? "" : "/K"}`;
  const form = `${method} ${path}${subresource === undefined ? "" : `?${subresource}`}`;
  const named = OPERATIONS[form];
  if (named === undefined) {
    throw new AwsError(
      "NotImplemented",
      `the rehearsal cloud's S3 has no operation ${form.replace("/B", "/<bucket>").replace("/K", "/<key>")}; it has ${Object.values(OPERATIONS).join(", ")}, CopyObject`,
    );
  }
  const body = decodeChunks(headers, sent);
  const input: Input = {
    ...(bucket === "" ? {} : { Bucket: bucket }),
    ...(key === "" ? {} : { Key: key }),
    ...parametersOf(searchParams),
    ...parametersOfHeaders(headers),
    ...(body.length > 0 ? { Body: body } : {}),
  };
  return { operation: "CopySource" in input && named === "PutObject" ? "CopyObject" : named, input };
}

/** Returns the bucket that is a part of a host name, as in `<bucket>.localhost:8080`; undefined for other names. */
export function bucketOfHost(host: string): string | undefined {
  // The whole label amazonaws: everybody can have s3-amazonaws.com.
  return /^(.+)\.(?:s3(?:[.-][a-z0-9.-]+)?\.amazonaws\.com|localhost)(?::\d+)?$/.exec(host)?.[1];
}

function placeOf(host: string, pathname: string): { bucket: string; key: string } {
  const path = decodeURIComponent(pathname.slice(1));
  const ofHost = bucketOfHost(host);
  if (ofHost !== undefined) return { bucket: ofHost, key: path };
  const slash = path.indexOf("/");
  return slash < 0 ? { bucket: path, key: "" } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

function parametersOf(query: URLSearchParams): Input {
  const known = [...query].filter(([name]) => !SUBRESOURCES.includes(name) && !["x-id", "list-type"].includes(name));
  return Object.fromEntries(known.map(([name, value]) => [QUERY_PARAMETERS[name] ?? name, value]));
}

function parametersOfHeaders(headers: IncomingHttpHeaders): Input {
  const input: Input = {};
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(METADATA_PREFIX)) metadata[name.slice(METADATA_PREFIX.length)] = String(value);
    else if (HEADER_PARAMETERS[name] !== undefined) input[HEADER_PARAMETERS[name]] = String(value);
    else if (name.startsWith("x-amz-") && !IGNORED_HEADERS.test(name)) input[name] = String(value);
  }
  return Object.keys(metadata).length > 0 ? { ...input, Metadata: metadata } : input;
}

function reply({ status, headers = {}, xml, body }: S3Output): Reply {
  const text = xml ? document(xml.root, xml.content) : (body ?? "");
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    status: status ?? (text.length > 0 || given.length > 0 ? 200 : 204),
    headers: { ...(xml ? { "content-type": "application/xml" } : {}), ...Object.fromEntries(given) },
    body: text,
  };
}

/** Lists have no element around them in S3, except in one kind of answer that is not here. */
function document(root: string, content: object): string {
  const namespace = root === "Error" ? "" : ` xmlns="${NAMESPACE}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${elements(content, () => null)}</${root}>`;
}
