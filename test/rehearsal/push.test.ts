import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";

const ROOT = join(__dirname, "../..");

/**
 * A CLI that has outputs of the stacks `rehearsal` and `staging`; in both a service has a repository that is named
 * after its stack.
 */
const PULUMI = `#!/bin/sh
for stack; do :; done
case "$stack" in
  rehearsal|staging) echo "{\\"users\\": {\\"repository\\": {\\"name\\": \\"$stack/users\\"}}}" ;;
  *) echo "error: no stack named '$stack' found" >&2; exit 1 ;;
esac
`;

describe("npx aoshingo push", () => {
  let directory: string;
  let registry: Server;
  let endpoint: string;
  /** What was pushed, as "<repository>:<tag>". */
  let pushed: string[];

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-push-"));
    await writeFile(join(directory, "pulumi"), PULUMI);
    await chmod(join(directory, "pulumi"), 0o755);
    registry = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const { repositoryName, imageTag } = JSON.parse(body) as { repositoryName: string; imageTag: string };
      pushed.push(`${repositoryName}:${imageTag}`);
      response.setHeader("content-type", "application/x-amz-json-1.1");
      response.end(JSON.stringify({ image: { imageId: { imageDigest: "sha256:1234" } } }));
    });
    await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    pushed = [];
  });
  after(async () => {
    registry.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function push(args: string[], variables: Record<string, string> = { AWS_ENDPOINT_URL: endpoint }) {
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      [...NODE_ARGUMENTS, "rehearsal/push.ts", ...args],
      {
        cwd: ROOT,
        env: { PATH: `${directory}:${process.env.PATH}`, ...variables },
        stdin: "ignore",
        reject: false,
      },
    );
    return { exitCode, stdout, stderr };
  }

  const stacks: [args: string[], repository: string][] = [
    [["users:v2"], "rehearsal/users:v2"],
    [["users:v2", "--stack", "staging"], "staging/users:v2"],
  ];
  for (const [args, reference] of stacks) {
    it(`${args.join(" ")} pushes to ${reference}`, async () => {
      expect(await push(args)).to.deep.equal({ exitCode: 0, stdout: "users:v2 sha256:1234", stderr: "" });
      expect(pushed).to.deep.equal([reference]);
    });
  }

  const refused: [args: string[], line: string][] = [
    [["users"], '"users" is not SERVICE:TAG, such as users:v2'],
    ...["FOO", "=bar", "1A=b", ""].map((variable): [string[], string] => [
      ["users:v2", "--env", "FAULT=", variable],
      `--env "${variable}" is not KEY=value, such as FAULT=unhealthy`,
    ]),
    [
      ["users:v2", "--stack", "nosuch"],
      'the stack nosuch has no service "users": run `pulumi up --stack nosuch` first, or check the names (--stack for another stack)',
    ],
    [
      ["nosuch:v2"],
      'the stack rehearsal has no service "nosuch": run `pulumi up --stack rehearsal` first, or check the names (--stack for another stack)',
    ],
  ];
  for (const [args, line] of refused) {
    it(`refuses ${args.join(" ")} in one line`, async () => {
      expect(await push(args)).to.deep.equal({ exitCode: 2, stdout: "", stderr: line });
      expect(pushed).to.deep.equal([]);
    });
  }
});
