import { expect } from "chai";
import { credentialsProblem, credentialsProblemIn } from "../../../automation/core/credentials-problem";

const NONE = "there are no AWS credentials: set AWS_PROFILE, or sign in";
const EXPIRED = "your AWS credentials have expired: renew them";
const WRONG_KEY = "AWS does not know the access key: renew your credentials";
const WRONG_SECRET = "AWS does not accept the secret key: renew your credentials";

describe("automation/core/credentials-problem", () => {
  afterEach(() => {
    delete process.env.AWS_PROFILE;
  });

  it("names the profile that has none", () => {
    process.env.AWS_PROFILE = "shp";
    const problem =
      "the profile shp (AWS_PROFILE) has no AWS credentials: sign in, or set AWS_PROFILE to one of `aws configure list-profiles`";
    expect(credentialsProblem({ name: "CredentialsProviderError" })).to.equal(problem);
    expect(credentialsProblemIn("load config: failed to get shared config profile, shp")).to.equal(problem);
  });

  it("says how to sign in again where a session of IAM Identity Center has ended", () => {
    const ended = (options: string) =>
      `your session of IAM Identity Center (SSO) has ended: \`aws sso login${options}\``;
    const inSdk = (message: string) => credentialsProblem({ name: "CredentialsProviderError", message });
    const login = "To refresh this SSO session run aws sso login with the corresponding profile.";
    expect(inSdk(`The SSO session associated with this profile has expired. ${login}`)).to.equal(ended(""));
    process.env.AWS_PROFILE = "shop";
    expect(inSdk(`Token is expired. ${login}`)).to.equal(ended(" --profile shop"));
    for (const text of [
      "error: get credentials: failed to refresh cached credentials, the SSO session has expired or is invalid: expired",
      "get credentials: failed to refresh cached credentials, refresh cached SSO token failed, unable to refresh SSO token, InvalidGrantException",
      "failed to refresh cached credentials, failed to read cached SSO token file, open /home/me/.aws/sso/cache/1.json: no such file",
    ])
      expect(credentialsProblemIn(text)).to.equal(ended(" --profile shop"));
  });

  for (const [name, problem] of [
    ["CredentialsProviderError", NONE],
    ["ExpiredToken", EXPIRED],
    ["ExpiredTokenException", EXPIRED],
    ["InvalidAccessKeyId", WRONG_KEY],
    ["InvalidClientTokenId", WRONG_KEY],
    ["UnrecognizedClientException", WRONG_KEY],
    ["SignatureDoesNotMatch", WRONG_SECRET],
    ["InvalidSignatureException", WRONG_SECRET],
    ["AccessDenied", null],
    ["TypeError", null],
  ] as const)
    it(`says of an error ${name}: ${problem ?? "nothing"}`, () => {
      expect(credentialsProblem(Object.assign(new Error("of a client"), { name }))).to.equal(problem);
    });

  it("says nothing of what is no error", () => {
    for (const thrown of [undefined, null, "ExpiredToken"]) expect(credentialsProblem(thrown)).to.equal(null);
  });

  for (const [text, problem] of [
    ["get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds", NONE],
    ["load config: failed to get shared config profile, shop", NONE],
    ["Details: No valid credential sources found. Please see https://registry.terraform.io", NONE],
    ["operation error S3: GetObject, https response error StatusCode: 400, api error ExpiredToken: it is old", EXPIRED],
    ["operation error KMS: Decrypt, api error UnrecognizedClientException: the token is invalid", WRONG_KEY],
    ["operation error S3: GetObject, api error AccessDenied: no", null],
    ["error: incorrect passphrase", null],
  ] as const)
    it(`says of "${text}": ${problem ?? "nothing"}`, () => {
      expect(credentialsProblemIn(text)).to.equal(problem);
    });
});
