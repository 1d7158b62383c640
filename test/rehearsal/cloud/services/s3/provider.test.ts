import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ecrTypes } from "../../../../../rehearsal/cloud/services/ecr";
import { Ecr } from "../../../../../rehearsal/cloud/services/ecr/model/ecr";
import { CloudWatchLogs } from "../../../../../rehearsal/cloud/services/logs/model/cloudwatch-logs";
import { logGroupType } from "../../../../../rehearsal/cloud/services/logs/provider/log-group";
import { s3Types } from "../../../../../rehearsal/cloud/services/s3";
import { S3 } from "../../../../../rehearsal/cloud/services/s3/model/s3";
import { Stack } from "../../provider/stack";
import { quietCloud } from "../../quiet-cloud";

const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      description: "Untagged images after 14 days",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
      action: { type: "expire" },
    },
  ],
};

describe("registry resources", () => {
  const ARGS = {
    name: "shop/prod/users",
    imageTagMutability: "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfigurations: [{ encryptionType: "AES256" }],
    forceDelete: true,
    tags: { a: "b" },
  };
  const IMAGE = JSON.stringify({ schemaVersion: 2, config: { Cmd: ["true"], WorkingDir: "/" } });

  it("make a repository with its policy; forced, it goes with its images (K2)", async () => {
    const ecr = new Ecr(quietCloud());
    const stack = new Stack(ecrTypes(ecr));
    const repository = await stack.create("aws:ecr/repository:Repository", ARGS);
    expect(repository.outputs).to.include({
      arn: "arn:aws:ecr:ap-northeast-1:123456789012:repository/shop/prod/users",
      repositoryUrl: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/shop/prod/users",
      registryId: "123456789012",
    });
    const policy = JSON.stringify(LIFECYCLE);
    await stack.create("aws:ecr/lifecyclePolicy:LifecyclePolicy", { repository: repository.id, policy });
    ecr.putImage(repository.id, IMAGE, "v1");
    await stack.update(repository, { imageTagMutability: "MUTABLE" });
    expect(ecr.getRepository(repository.id).imageTagMutability).to.equal("MUTABLE");
    await stack.destroy();
    expect(ecr.findRepository(repository.id)).to.equal(undefined);
  });

  it("keep a repository with images that is not forced (K2)", async () => {
    const ecr = new Ecr(quietCloud());
    const stack = new Stack(ecrTypes(ecr));
    const repository = await stack.create("aws:ecr/repository:Repository", { name: "users" });
    ecr.putImage("users", IMAGE, "v1");
    const error = await stack.delete(repository).catch((reason: Error & { code: string }) => reason);
    expect(error).to.include({ code: "RepositoryNotEmptyException" });
  });
});

describe("bucket resources", () => {
  it("make a bucket that load balancers may write to, and leave nothing behind", async () => {
    const s3 = new S3(quietCloud());
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
    s3.putObject(bucket, "public-blue/AWSLogs/1");
    await stack.destroy();
    expect(s3.find(bucket)).to.equal(undefined);
  });
});

describe("log group resources", () => {
  const GROUP = "aws:cloudwatch/logGroup:LogGroup";
  // Made by the first line that is logged.
  const directory = join(tmpdir(), `aoshingo-logs-${randomUUID()}`);
  const logs = new CloudWatchLogs(quietCloud(), directory);
  const stack = new Stack([logGroupType(logs)]);
  after(() => {
    logs.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("make a group, keep events for ever by default, and change the retention in place (W1)", async () => {
    const group = await stack.create(GROUP, { name: "/shop/users", tags: { a: "b" } });
    expect(group.outputs).to.include({
      arn: "arn:aws:logs:ap-northeast-1:123456789012:log-group:/shop/users",
      name: "/shop/users",
      retentionInDays: 0,
    });
    await stack.update(group, { retentionInDays: 30 });
    expect(logs.find("/shop/users")?.retentionInDays).to.equal(30);
    await stack.destroy();
    expect(logs.exists("/shop/users")).to.equal(false);
  });

  it("are refused with another number of days (W1)", () => {
    expect(stack.problems(GROUP, { name: "a", retentionInDays: 31 })[0]).to.match(
      /^retentionInDays: expected retention_in_days to be one of \[0 1 3 5 7 14 30 .* 3653\]; given 31$/,
    );
  });
});
