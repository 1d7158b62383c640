import { expect } from "chai";
import { s3Types } from "../../../../../rehearsal/cloud/services/s3";
import { S3 } from "../../../../../rehearsal/cloud/services/s3/model/s3";
import { Stack } from "../../provider/stack";
import { silentCloud } from "../../silent-cloud";

describe("rehearsal/cloud/services/s3/provider", () => {
  it("creates a bucket that load balancers can write to, and deletes everything", async () => {
    const s3 = new S3(silentCloud());
    const stack = new Stack(s3Types(s3));
    const { id: bucket, outputs } = await stack.create("aws:s3/bucket:Bucket", {
      forceDestroy: true,
      tags: { a: "b" },
    });
    expect(outputs).to.include({ bucket, arn: `arn:aws:s3:::${bucket}` });
    await stack.create("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", {
      bucket,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    await stack.create("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", {
      bucket,
      rules: [
        {
          id: "expire",
          status: "Enabled",
          filter: { prefix: "" },
          expiration: { days: 90 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    });
    await stack.create("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    await stack.create("aws:s3/bucketVersioning:BucketVersioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    await stack.create("aws:s3/bucketOwnershipControls:BucketOwnershipControls", {
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const statement = {
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `arn:aws:s3:::${bucket}/*/AWSLogs/123456789012/*`,
    };
    const policy = await stack.create("aws:s3/bucketPolicy:BucketPolicy", {
      bucket,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    });
    expect(s3.mayDeliverLogs(bucket, "public-blue")).to.equal(true);
    await stack.delete(policy);
    expect(s3.mayDeliverLogs(bucket, "public-blue")).to.equal(false);
    s3.get(bucket).objects.put("public-blue/AWSLogs/1", { body: Buffer.from("line") });
    await stack.destroy();
    expect(s3.find(bucket)).to.equal(undefined);
  });
});
