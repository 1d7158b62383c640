import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { cliFailure, pulumiJson } from "../../../automation/stack/pulumi-command";
import type { UserError } from "../../../components/core/user-error";

/** The SDK's own line comes before the CLI's. */
const WARNING =
  "SDK 2026/11/29 18:07:43 WARN falling back to IMDSv1: operation error ec2imds: getToken, http response error StatusCode: 403\n";

describe("cliFailure", () => {
  for (const [what, stderr, said, exitCode] of [
    [
      "no backend",
      "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions\n",
      "the Pulumi CLI is not told where the state is: export PULUMI_BACKEND_URL, such as s3://example-pulumi-state, or run `pulumi login`",
      2,
    ],
    [
      "no credentials for a bucket",
      `${WARNING}error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata\n`,
      "there are no AWS credentials: set AWS_PROFILE, or sign in",
      1,
    ],
    [
      "no such stack",
      "error: no stack named 'prod' found\n",
      'stack "prod" does not exist: create it with `pulumi stack init prod`, then `pulumi up --stack prod`',
      2,
    ],
    [
      "a backend that is down",
      'error: read ".pulumi/meta.yaml": dial tcp 127.0.0.1:9000: connect: connection refused\n',
      'read ".pulumi/meta.yaml": dial tcp 127.0.0.1:9000: connect: connection refused',
      1,
    ],
    [
      "expired credentials",
      "error: operation error S3: GetObject, https response error StatusCode: 400, api error ExpiredToken: expired\n",
      "your AWS credentials have expired: renew them",
      1,
    ],
    ["an error after a warning", `${WARNING}error: incorrect passphrase\n`, "incorrect passphrase", 1],
    ["words without an error", "\npulumi: command not found\n", "pulumi: command not found", 1],
    ["nothing", "\n", "the Pulumi CLI failed without a word", 1],
  ] as const)
    it(`says in one line what is wrong, and whether it was wrong use: ${what}`, () => {
      expect(cliFailure("prod", stderr)).to.include({ message: said, exitCode });
    });
});

describe("pulumiJson", () => {
  it("takes a backend that does not answer for a failure, not for wrong use", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aoshingo-fake-cli-"));
    try {
      const command = join(folder, "pulumi");
      await writeFile(command, '#!/bin/sh\necho "error: dial tcp 127.0.0.1:9000: connection refused" >&2\nexit 255\n');
      await chmod(command, 0o755);
      const error = await pulumiJson({ command }, "prod", ["stack", "export"]).catch((thrown: UserError) => thrown);
      expect(error).to.include({ message: "dial tcp 127.0.0.1:9000: connection refused", exitCode: 1 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
