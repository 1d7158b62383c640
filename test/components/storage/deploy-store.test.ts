import { expect } from "chai";
import { declare, STATES, type World } from "../world";

const NAME = "deploy-store-bucket";
const TAGS = { project: "aoshingo", stack: "prod" };

describe("DeployStore", () => {
  let world: World;
  before(async () => {
    world = await declare({ services: { users: STATES.start } });
  });

  const declared = ({ resources }: World) =>
    Object.fromEntries(
      resources.filter(({ name }) => name.startsWith("deploy-store-")).map(({ name, inputs }) => [name, inputs]),
    );

  it("declares a private, versioned bucket, and gives its name", () => {
    const { "deploy-store-policy": policy, ...others } = declared(world);
    expect(others).to.deep.equal({
      "deploy-store-bucket": { forceDestroy: false, tags: TAGS },
      "deploy-store-versioning": { bucket: NAME, versioningConfiguration: { status: "Enabled" } },
      "deploy-store-encryption": {
        bucket: NAME,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      "deploy-store-expiry": {
        bucket: NAME,
        rules: [
          {
            id: "expire-noncurrent",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays: 30 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      "deploy-store-privacy": {
        bucket: NAME,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      "deploy-store-ownership": { bucket: NAME, rule: { objectOwnership: "BucketOwnerEnforced" } },
    });
    expect(policy).to.include({ bucket: NAME });
    expect(world.outputs.deployStore).to.deep.equal({ bucket: NAME });
  });

  it("refuses requests without TLS, and writes without a condition", () => {
    const arn = `${NAME}.arn`;
    expect(JSON.parse(String(declared(world)["deploy-store-policy"]!.policy))).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OnlyTls",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
          Sid: "OnlyConditionalWrites",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: `${arn}/*`,
          Condition: { Null: { "s3:if-match": "true", "s3:if-none-match": "true" } },
        },
      ],
    });
  });

  it("may be deleted with its history only without deletion protection", async () => {
    const open = await declare({ services: { users: STATES.start }, deletionProtection: false });
    expect(declared(open)["deploy-store-bucket"]).to.include({ forceDestroy: true });
  });
});
