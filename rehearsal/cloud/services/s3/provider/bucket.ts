import { z } from "zod";
import { defineResource, outputsIf, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import { type Bucket, MAX_BUCKET_NAME_LENGTH, type S3 } from "../model/s3";

/** Hosted zone id of S3's website endpoints in ap-northeast-1. */
const HOSTED_ZONE_ID = "Z2M4EHUR26P7ZW";

export function bucketType(s3: S3): ResourceType {
  const { region } = s3.context;
  const outputs = ({ name }: Bucket) => ({
    arn: `arn:aws:s3:::${name}`,
    bucket: name,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    bucketRegion: region,
    hostedZoneId: HOSTED_ZONE_ID,
  });
  return defineResource({
    token: "aws:s3/bucket:Bucket",
    awsCalls: {
      create: "s3:CreateBucket",
      read: "s3:HeadBucket",
      update: "s3:PutBucketTagging",
      delete: "s3:DeleteBucket",
    },
    inputs: z.object({
      bucket: z.string().optional(),
      bucketPrefix: z.string().optional(),
      forceDestroy: z.boolean().default(false),
      tags,
    }),
    replaceOn: ["bucket", "bucketPrefix"],
    autoName: { property: "bucket", maxLength: MAX_BUCKET_NAME_LENGTH },
    computed: ["arn", "bucketDomainName", "bucketRegionalDomainName", "bucketRegion", "hostedZoneId"],
    async create({ bucket }) {
      const created = s3.createBucket(bucket!);
      return { id: created.name, outputs: outputs(created) };
    },
    read: async (id) => outputsIf(s3.find(id), outputs),
    async update() {
      return {};
    },
    async delete(id, { forceDestroy }) {
      s3.deleteBucket(id, forceDestroy === true);
    },
  });
}
