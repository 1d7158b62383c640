import type { Input } from "../../../protocols/service";
import type { RequiredPermission, ServiceApi } from "../../cloud-service";
import type { S3 } from "../model/s3";
import { copySource } from "./s3";

interface ObjectInput {
  Bucket: string;
  Key: string;
  VersionId?: string;
  IfMatch?: string;
  IfNoneMatch?: string;
  CopySource?: string;
  Prefix?: string;
}

/** What IAM asks of S3's operations; a bucket's own policy counts, too. All throw AwsError NoSuchBucket. */
export function s3Permissions(s3: S3): NonNullable<ServiceApi["permissions"]> {
  const onBucket = (bucket: string, action: string, context = {}): RequiredPermission => ({
    action: `s3:${action}`,
    resource: `arn:aws:s3:::${bucket}`,
    policy: s3.get(bucket).policy?.statements,
    context,
  });
  const onObject = (bucket: string, key: string, action: string, context = {}): RequiredPermission => ({
    ...onBucket(bucket, action, context),
    resource: `arn:aws:s3:::${bucket}/${key}`,
  });
  const bucketWide = (action: string) => (input: Input) => [onBucket((input as unknown as ObjectInput).Bucket, action)];
  const listing = (action: string) => (input: Input) => {
    const { Bucket, Prefix = "" } = input as unknown as ObjectInput;
    return [onBucket(Bucket, action, { "s3:prefix": Prefix })];
  };
  const reading = (input: Input) => {
    const { Bucket, Key, VersionId } = input as unknown as ObjectInput;
    const read = onObject(Bucket, Key, VersionId === undefined ? "GetObject" : "GetObjectVersion");
    // S3 tells only those who may list a bucket that an object is missing (aws-rules S9).
    return s3.get(Bucket).objects.find(Key) ? [read] : [read, onBucket(Bucket, "ListBucket")];
  };
  const writing = (input: Input) => {
    const { Bucket, Key, IfMatch, IfNoneMatch } = input as unknown as ObjectInput;
    const context = {
      ...(IfMatch === undefined ? {} : { "s3:if-match": IfMatch }),
      ...(IfNoneMatch === undefined ? {} : { "s3:if-none-match": IfNoneMatch }),
    };
    const write = onObject(Bucket, Key, "PutObject", context);
    return IfMatch === undefined ? [write] : [write, onObject(Bucket, Key, "GetObject")];
  };
  return {
    ListBuckets: () => [{ action: "s3:ListAllMyBuckets", resource: "*" }],
    CreateBucket: (input) => [{ action: "s3:CreateBucket", resource: `arn:aws:s3:::${input.Bucket}` }],
    HeadBucket: bucketWide("ListBucket"),
    DeleteBucket: bucketWide("DeleteBucket"),
    GetBucketLocation: bucketWide("GetBucketLocation"),
    GetBucketPolicy: bucketWide("GetBucketPolicy"),
    PutBucketPolicy: bucketWide("PutBucketPolicy"),
    DeleteBucketPolicy: bucketWide("DeleteBucketPolicy"),
    GetBucketVersioning: bucketWide("GetBucketVersioning"),
    PutBucketVersioning: bucketWide("PutBucketVersioning"),
    ListObjectsV2: listing("ListBucket"),
    ListObjectVersions: listing("ListBucketVersions"),
    GetObject: reading,
    HeadObject: reading,
    PutObject: writing,
    CopyObject: (input) => {
      const source = copySource((input as unknown as ObjectInput).CopySource ?? "");
      return [...reading({ Bucket: source.bucket, Key: source.key }), ...writing(input)];
    },
    DeleteObject: (input) => {
      const { Bucket, Key, VersionId } = input as unknown as ObjectInput;
      return [onObject(Bucket, Key, VersionId === undefined ? "DeleteObject" : "DeleteObjectVersion")];
    },
    // S3 asks for each of the objects, and reports those that it did not delete.
    DeleteObjects: (input) => [onObject((input as unknown as ObjectInput).Bucket, "*", "DeleteObject")],
  };
}
