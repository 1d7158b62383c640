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
      "the role may not do elasticloadbalancing:CreateRule for users.public-host-1: CI's role may change releases only; other changes of the settings are for `pulumi up`, once no run is unfinished",
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

  it("tells credentials that are not there, in one line", () => {
    const cli =
      "operation error KMS: Decrypt, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, exceeded maximum number of attempts, 3, request send failed";
    const thrown = `code: -2\n stdout: \n stderr: Command failed with exit code 1: pulumi up\nerror: ${cli}\n err?: Error: Command failed with exit code 1: pulumi up\nerror: ${cli}\n`;
    const provider =
      "default: unable to validate AWS credentials.\nDetails: No valid credential sources found. Please see https://registry.terraform.io";
    for (const failure of [
      failureOf([], new Error(thrown)),
      failureOf([provider, "preview failed"], new Error(thrown)),
    ]) {
      assert.equal(failure.message, "there are no AWS credentials: set AWS_PROFILE, or sign in");
      assert.notInstanceOf(failure, AwsUnanswered);
    }
  });

  it("takes the CLI's own line where the engine has said nothing", () => {
    const thrown =
      "code: -2\n stdout: \n stderr: Command failed with exit code 255: pulumi up\nerror: incorrect passphrase\n err?: Error: Command failed";
    assert.equal(failureOf([], new Error(thrown)).message, "incorrect passphrase");
    assert.equal(failureOf([], new Error("connection closed")).message, "connection closed");
  });

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
