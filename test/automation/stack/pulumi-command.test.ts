import { expect } from "chai";
import { explainCliError } from "../../../automation/stack/pulumi-command";

/** The SDK's own line comes before the CLI's. */
const WARNING =
  "SDK 2026/11/29 18:07:43 WARN falling back to IMDSv1: operation error ec2imds: getToken, http response error StatusCode: 403\n";

describe("explainCliError", () => {
  for (const [what, stderr, said] of [
    [
      "no backend",
      "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions\n",
      "the Pulumi CLI is not told where the state is: export PULUMI_BACKEND_URL, such as s3://example-pulumi-state, or run `pulumi login`",
    ],
    [
      "no credentials for a bucket",
      `${WARNING}error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata\n`,
      "there are no AWS credentials: set AWS_PROFILE, or sign in",
    ],
    [
      "no such stack",
      "error: no stack named 'prod' found\n",
      'stack "prod" does not exist: create it with `pulumi stack init prod`, then `pulumi up --stack prod`',
    ],
    ["an error after a warning", `${WARNING}error: incorrect passphrase\n`, "incorrect passphrase"],
    ["words without an error", "\npulumi: command not found\n", "pulumi: command not found"],
    ["nothing", "\n", "the Pulumi CLI failed without a word"],
  ] as const)
    it(`says in one line what is wrong: ${what}`, () => {
      expect(explainCliError("prod", stderr)).to.equal(said);
    });
});
