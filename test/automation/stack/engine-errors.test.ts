import { assert } from "chai";
import { AwsUnanswered, failureOf, ProviderLost } from "../../../automation/stack/engine-errors";

describe("ProviderLost", () => {
  const lost: [string, string][] = [
    ["users-green-instances: error reading from server: EOF", " (of users-green-instances, for one)"],
    [
      'users-production-at-blue: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:40001: connect: connection refused"',
      " (of users-production-at-blue, for one)",
    ],
    ["the connection broke: transport is closing", ""],
  ];
  for (const [line, whose] of lost) {
    it(`is recognised by "${line}"`, () => {
      const found = ProviderLost.from(["users-green-service: ClusterNotFoundException: there is none", line]);
      assert.equal(found?.message, `the provider went away in the middle of the update${whose}`);
      assert.equal(found?.detail, line);
    });
  }

  it("is not recognised in errors of AWS or of the program", () => {
    assert.isNull(
      ProviderLost.from(["users-green-instances: timeout while waiting for capacity", "error: update failed"]),
    );
  });
});

describe("failureOf", () => {
  const kms =
    'getting stack configuration: get stack secrets manager: secrets (code=Unknown): operation error KMS: Decrypt, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post "http://127.0.0.1:34531/": dial tcp 127.0.0.1:34531: connect: connection refused';
  const refused =
    "users-blue-instances: operation error Auto Scaling: UpdateAutoScalingGroup, exceeded maximum number of attempts, 25, https response error StatusCode: 500";

  it("tells an operation that could not begin, because AWS did not answer the CLI", () => {
    const failure = failureOf([], new Error(kms));
    assert.instanceOf(failure, AwsUnanswered);
    assert.deepInclude(failure, { message: "AWS does not answer (KMS)", detail: kms });
  });

  it("says what to do about a change that the role may not make", () => {
    const line =
      "users.public-host-1: operation error Elastic Load Balancing v2: CreateRule, api error AccessDenied: User: arn:aws:sts::123456789012:assumed-role/ci-deploy/run is not authorized to perform: elasticloadbalancing:CreateRule on resource: arn:aws:x";
    const { message, detail } = failureOf(["users-green-instances: it failed", line], new Error("failed"));
    assert.equal(
      message,
      "the role may not do elasticloadbalancing:CreateRule for users.public-host-1: CI's role may change releases only, so if the settings have other changes, run `pulumi up` first",
    );
    assert.equal(detail, line);
  });

  const freePlan: [what: string, line: string, message: string][] = [
    [
      "backups of a database",
      "main-instance: creating RDS DB Instance (shop-main): operation error RDS: CreateDBInstance, https response error StatusCode: 400, RequestID: 1, api error FreeTierRestrictionError: The specified backup retention period exceeds the maximum available to free tier customers. To remove all limitations, upgrade your account plan.",
      "the account's Free plan does not allow main-instance: upgrade the plan in the Billing console first, then run this again",
    ],
    [
      "an instance type",
      "users-blue-instance: operation error EC2: CreateLaunchTemplateVersion, api error InvalidParameterCombination: The specified instance type is not eligible for Free Tier.",
      "the account's Free plan does not allow users-blue-instance: upgrade the plan in the Billing console first, then run this again",
    ],
    [
      "something without a name",
      "FreeTierRestrictionError: This instance size isn't available with free plan accounts.",
      "the account's Free plan does not allow this: upgrade the plan in the Billing console first, then run this again",
    ],
  ];
  for (const [what, line, message] of freePlan) {
    it(`says what to do where AWS's Free plan does not allow ${what}`, () => {
      assert.deepInclude(failureOf([line, "update failed"], new Error("failed")), { message, detail: line });
    });
  }

  it("does not mistake for it what AWS refused of a resource", () => {
    const failure = failureOf([refused, "update failed"], new Error(kms));
    assert.equal(failure.message, refused);
    assert.notInstanceOf(failure, AwsUnanswered);
    assert.notInstanceOf(
      failureOf([], new Error("operation error KMS: Decrypt, AccessDeniedException")),
      AwsUnanswered,
    );
  });
});
