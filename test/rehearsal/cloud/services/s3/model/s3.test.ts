import { expect } from "chai";
import { S3 } from "../../../../../../rehearsal/cloud/services/s3/model/s3";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";

const BUCKET = "arn:aws:s3:::logs";
const SERVICE = { Service: "logdelivery.elasticloadbalancing.amazonaws.com" };
const ALLOW = {
  Effect: "Allow",
  Principal: SERVICE,
  Action: "s3:PutObject",
  Resource: `${BUCKET}/web/AWSLogs/123456789012/*`,
};
const TLS_ONLY = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [BUCKET, `${BUCKET}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

function scene(): S3 {
  const s3 = new S3(silentCloud());
  s3.createBucket("logs");
  return s3;
}

describe("rehearsal/cloud/services/s3/model/s3: buckets", () => {
  for (const [name, answer] of [
    ["other", "accepted"],
    [
      "logs",
      "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it.",
    ],
    ["Other", "InvalidBucketName: The specified bucket is not valid."],
    ["ab", "InvalidBucketName: The specified bucket is not valid."],
    ["a".repeat(64), "InvalidBucketName: The specified bucket is not valid."],
  ] as const) {
    it(`creates a bucket named ${name}: ${answer}`, () =>
      expect(refusal(() => scene().createBucket(name))).to.equal(answer));
  }

  it("refuses to delete a bucket with objects, unless forced (S7)", () => {
    const s3 = scene();
    s3.get("logs").objects.put("web/AWSLogs/1", { body: Buffer.from("line") });
    expect(refusal(() => s3.deleteBucket("logs", false))).to.equal(
      "BucketNotEmpty: The bucket you tried to delete is not empty",
    );
    expect(refusal(() => s3.deleteBucket("logs", true))).to.equal("accepted");
    expect(refusal(() => s3.get("logs"))).to.equal("NoSuchBucket: The specified bucket does not exist");
  });

  it("refuses policies about other resources, and public ones while they are blocked", () => {
    const s3 = scene();
    const put = (statement: object) => refusal(() => s3.putPolicy("logs", policy(statement)));
    expect(put({ ...ALLOW, Resource: "arn:aws:s3:::logs-2/*" })).to.equal(
      "MalformedPolicy: Policy has invalid resource",
    );
    expect(put({ ...ALLOW, Principal: "*" })).to.match(
      /^AccessDenied: .* public policies are prevented by the BlockPublicPolicy/,
    );
    s3.setPublicAccess("logs", null);
    expect(put({ ...ALLOW, Principal: "*" })).to.equal("accepted");
  });
});

describe("rehearsal/cloud/services/s3/model/s3: access logs of a load balancer", () => {
  const cases: [string, object[], string, boolean][] = [
    ["allowed to the service", [ALLOW], "web", true],
    ["allowed to the service, by TLS only", [ALLOW, TLS_ONLY], "web", true],
    [
      "allowed to AWS's account of the region",
      [{ ...ALLOW, Principal: { AWS: "arn:aws:iam::582318560864:root" } }],
      "web",
      true,
    ],
    [
      "allowed to AWS's account of another region",
      [{ ...ALLOW, Principal: { AWS: "arn:aws:iam::127311923021:root" } }],
      "web",
      false,
    ],
    ["with another prefix", [ALLOW], "api", false],
    ["without a prefix", [ALLOW], "", false],
    ["without a prefix, allowed so", [{ ...ALLOW, Resource: `${BUCKET}/AWSLogs/123456789012/*` }], "", true],
    ["for another account", [{ ...ALLOW, Resource: `${BUCKET}/web/AWSLogs/210987654321/*` }], "web", false],
    [
      "on the condition of a load balancer's ARN, which ELB does not send (E46)",
      [
        {
          ...ALLOW,
          Condition: { ArnLike: { "aws:SourceArn": "arn:aws:elasticloadbalancing:*:123456789012:loadbalancer/*" } },
        },
      ],
      "web",
      false,
    ],
    [
      "on the condition of this account, which ELB does not send (E46)",
      [{ ...ALLOW, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }],
      "web",
      false,
    ],
    ["denied to everybody", [ALLOW, { ...TLS_ONLY, Condition: undefined }], "web", false],
  ];
  for (const [title, statements, prefix, delivered] of cases) {
    it(`${title}: ${delivered ? "delivered" : "refused"}`, () => {
      const s3 = scene();
      s3.putPolicy("logs", policy(...statements));
      expect(s3.mayDeliverLogs("logs", prefix)).to.equal(delivered);
    });
  }

  it("writes its test object, so that the bucket is not empty any more (S7, S10)", () => {
    const s3 = scene();
    s3.putPolicy("logs", policy(ALLOW));
    expect([s3.openLogDelivery("logs", "api"), s3.get("logs").objects.isEmpty]).to.deep.equal([false, true]);
    expect(s3.openLogDelivery("logs", "web")).to.equal(true);
    expect(
      s3
        .get("logs")
        .objects.list("")
        .map(({ key }) => key),
    ).to.deep.equal(["web/AWSLogs/123456789012/ELBAccessLogTestFile"]);
    expect(refusal(() => s3.deleteBucket("logs", false))).to.match(/^BucketNotEmpty/);
  });

  it("refuses delivery without a policy, without a bucket and with KMS keys", () => {
    const s3 = scene();
    expect([s3.mayDeliverLogs("logs", "web"), s3.mayDeliverLogs("ghost", "web")]).to.deep.equal([false, false]);
    s3.putPolicy("logs", policy(ALLOW));
    s3.get("logs").encryption = "aws:kms";
    expect(s3.mayDeliverLogs("logs", "web")).to.equal(false);
  });
});
