import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readStackSettings } from "../../../automation/core/project";
import { UserError } from "../../../components/core/user-error";
import { providerCredentialProblems } from "../../../components/settings/provider-credentials";
import { failureOf } from "../../failure-of";
import { declare, STATES } from "../world";

const PROFILE = 'aws:profile: given "work", wanted no value: set AWS_PROFILE instead';

describe("settings of Pulumi's AWS provider for credentials", () => {
  for (const [key, value, line] of [
    ["aws:profile", "work", PROFILE],
    ["aws:profile", { secure: "v1:AAAA" }, 'aws:profile: given "[secret]", wanted no value: set AWS_PROFILE instead'],
    [
      "aws:accessKey",
      "AKIAXXXX",
      "aws:accessKey: given a value that is not shown, wanted no value: set AWS_ACCESS_KEY_ID instead",
    ],
    [
      "aws:secretKey",
      "hush",
      "aws:secretKey: given a value that is not shown, wanted no value: set AWS_SECRET_ACCESS_KEY instead",
    ],
    [
      "aws:token",
      { secure: "v1:AAAA" },
      "aws:token: given a value that is not shown, wanted no value: set AWS_SESSION_TOKEN instead",
    ],
    [
      "aws:assumeRole",
      { roleArn: "r" },
      "aws:assumeRole: given a value that is not shown, wanted no value: set AWS_PROFILE to a profile that has role_arn instead",
    ],
    [
      "aws:assumeRoles",
      [{ roleArn: "r" }],
      "aws:assumeRoles: given a value that is not shown, wanted no value: set AWS_PROFILE to a profile that has role_arn instead",
    ],
    [
      "aws:assumeRoleWithWebIdentity",
      { roleArn: "r" },
      "aws:assumeRoleWithWebIdentity: given a value that is not shown, wanted no value: set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE instead",
    ],
    [
      "aws:sharedConfigFiles",
      ["f"],
      "aws:sharedConfigFiles: given a value that is not shown, wanted no value: set AWS_CONFIG_FILE instead",
    ],
    [
      "aws:sharedCredentialsFiles",
      ["f"],
      "aws:sharedCredentialsFiles: given a value that is not shown, wanted no value: set AWS_SHARED_CREDENTIALS_FILE instead",
    ],
  ] as const)
    it(`refuses ${key}: ${JSON.stringify(value)}`, () => {
      expect(providerCredentialProblems({ "aws:region": "eu-west-1", [key]: value })).to.deep.equal([line]);
    });

  it("has nothing against the provider's other settings", () => {
    const config = {
      "aws:region": "eu-west-1",
      "aws:maxRetries": 30,
      "aws:defaultTags": {},
      "aoshingo:domain": "a.jp",
    };
    expect(providerCredentialProblems(config)).to.deep.equal([]);
  });

  it("stop the commands before anything is made", () => {
    const folder = mkdtempSync(join(tmpdir(), "aoshingo-credentials-"));
    const file = join(folder, "Pulumi.trial.yaml");
    try {
      writeFileSync(
        file,
        "config:\n  aws:region: eu-west-1\n  aws:profile: work\n  aoshingo:domain: example.jp\n  aoshingo:services: {}\n",
      );
      expect(() => readStackSettings("trial", file)).to.throw(UserError, PROFILE);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("stop the program before it declares anything", async () => {
    const refused = await failureOf(
      declare({ services: { users: STATES.start }, otherConfig: { "aws:profile": "work" } }),
    );
    expect(refused.message).to.equal(PROFILE);
  });
});
