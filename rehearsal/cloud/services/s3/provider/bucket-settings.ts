import { z } from "zod";
import { jsonDocument } from "../../../provider/json-document";
import { defineSetting, type ResourceType } from "../../../provider/resource-type";
import type { S3 } from "../model/s3";

/**
 * The provider's resource types for single settings of a bucket. Their id is the bucket's name, and their deletion
 * restores AWS's default.
 */
export function bucketSettingTypes(s3: S3): ResourceType[] {
  return [publicAccessBlock(s3), encryption(s3), policy(s3), lifecycle(s3), versioning(s3), ownership(s3)];
}

function publicAccessBlock(s3: S3): ResourceType {
  const flag = z.boolean().default(false);
  return defineSetting({
    idArgument: "bucket",
    token: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    awsCalls: { put: "s3:PutPublicAccessBlock", read: "s3:GetPublicAccessBlock", delete: "s3:DeletePublicAccessBlock" },
    inputs: z.object({
      bucket: z.string(),
      blockPublicAcls: flag,
      blockPublicPolicy: flag,
      ignorePublicAcls: flag,
      restrictPublicBuckets: flag,
    }),
    put({ bucket, ...block }) {
      s3.setPublicAccess(bucket, block);
    },
    async read(id) {
      const bucket = s3.find(id);
      return bucket ? { bucket: id, ...bucket.publicAccess } : null;
    },
    async delete(id) {
      if (s3.find(id)) s3.setPublicAccess(id, null);
    },
  });
}

function encryption(s3: S3): ResourceType {
  const rule = z.strictObject({
    applyServerSideEncryptionByDefault: z.strictObject({
      sseAlgorithm: z.enum(["AES256", "aws:kms", "aws:kms:dsse"]),
      kmsMasterKeyId: z.string().optional(),
    }),
    bucketKeyEnabled: z.boolean().optional(),
  });
  const algorithmOf = ([first]: z.output<typeof rule>[]) => first!.applyServerSideEncryptionByDefault.sseAlgorithm;
  return defineSetting({
    idArgument: "bucket",
    token: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    awsCalls: { put: "s3:PutBucketEncryption", read: "s3:GetBucketEncryption", delete: "s3:DeleteBucketEncryption" },
    inputs: z.object({ bucket: z.string(), rules: z.array(rule).length(1) }),
    put({ bucket, rules }) {
      s3.get(bucket).encryption = algorithmOf(rules);
    },
    async read(id, { rules }) {
      return s3.find(id) ? { bucket: id, rules } : null;
    },
    async delete(id) {
      if (s3.find(id)) s3.get(id).encryption = "AES256";
    },
  });
}

function policy(s3: S3): ResourceType {
  return defineSetting({
    idArgument: "bucket",
    token: "aws:s3/bucketPolicy:BucketPolicy",
    awsCalls: { put: "s3:PutBucketPolicy", read: "s3:GetBucketPolicy", delete: "s3:DeleteBucketPolicy" },
    inputs: z.object({ bucket: z.string(), policy: jsonDocument }),
    put({ bucket, policy: json }) {
      s3.putPolicy(bucket, json);
    },
    async read(id) {
      const json = s3.find(id)?.policy?.json;
      return json === undefined ? null : { bucket: id, policy: json };
    },
    async delete(id) {
      if (s3.find(id)) s3.deletePolicy(id);
    },
  });
}

function lifecycle(s3: S3): ResourceType {
  const days = z.int().positive();
  const rule = z.strictObject({
    id: z.string().max(255),
    status: z.enum(["Enabled", "Disabled"]),
    filter: z.strictObject({ prefix: z.string().optional() }).optional(),
    expiration: z.strictObject({ days: days.optional(), expiredObjectDeleteMarker: z.boolean().optional() }).optional(),
    noncurrentVersionExpiration: z.strictObject({ noncurrentDays: days }).optional(),
    abortIncompleteMultipartUpload: z.strictObject({ daysAfterInitiation: days }).optional(),
  });
  return defineSetting({
    idArgument: "bucket",
    token: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    awsCalls: {
      put: "s3:PutBucketLifecycleConfiguration",
      read: "s3:GetBucketLifecycleConfiguration",
      delete: "s3:DeleteBucketLifecycle",
    },
    inputs: z.object({ bucket: z.string(), rules: z.array(rule).min(1) }),
    put({ bucket, rules }) {
      s3.setLifecycle(bucket, rules);
    },
    async read(id) {
      const rules = s3.find(id)?.lifecycle ?? [];
      return rules.length > 0 ? { bucket: id, rules } : null;
    },
    async delete(id) {
      if (s3.find(id)) s3.setLifecycle(id, []);
    },
  });
}

function versioning(s3: S3): ResourceType {
  return defineSetting({
    idArgument: "bucket",
    token: "aws:s3/bucketVersioning:BucketVersioning",
    awsCalls: { put: "s3:PutBucketVersioning", read: "s3:GetBucketVersioning", delete: "s3:PutBucketVersioning" },
    inputs: z.object({
      bucket: z.string(),
      versioningConfiguration: z.strictObject({ status: z.enum(["Enabled", "Suspended"]) }),
    }),
    put({ bucket, versioningConfiguration }) {
      s3.setVersioning(bucket, versioningConfiguration.status);
    },
    async read(id) {
      const status = s3.find(id)?.objects.versioning;
      return status ? { bucket: id, versioningConfiguration: { status } } : null;
    },
    async delete(id) {
      if (s3.find(id)) s3.setVersioning(id, "Suspended");
    },
  });
}

function ownership(s3: S3): ResourceType {
  return defineSetting({
    idArgument: "bucket",
    token: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    awsCalls: {
      put: "s3:PutBucketOwnershipControls",
      read: "s3:GetBucketOwnershipControls",
      delete: "s3:DeleteBucketOwnershipControls",
    },
    inputs: z.object({
      bucket: z.string(),
      rule: z.strictObject({
        objectOwnership: z.enum(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]),
      }),
    }),
    put({ bucket, rule }) {
      s3.get(bucket).ownership = rule.objectOwnership;
    },
    async read(id) {
      const bucket = s3.find(id);
      return bucket ? { bucket: id, rule: { objectOwnership: bucket.ownership } } : null;
    },
    async delete(id) {
      if (s3.find(id)) s3.get(id).ownership = "BucketOwnerEnforced";
    },
  });
}
