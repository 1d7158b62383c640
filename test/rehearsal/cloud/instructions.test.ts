import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { environmentScript, instructions } from "../../../rehearsal/cloud/instructions";

const PLACE = { stack: "rehearsal", region: "eu-west-1", domain: "rehearsal.test", service: "users" };

describe("the cloud's instructions", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-instructions-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("name a script that leads a shell to the cloud, with the CLI in front of the shell's own PATH", async () => {
    const environment = {
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      NO_PROXY: "127.0.0.1,localhost",
      PATH: "/cli/bin:/cloud/bin",
    };
    const ready = {
      type: "ready" as const,
      environment,
      nameServers: [{ address: "127.20.0.2", port: 20_053 }],
      portOffset: 20_000,
      directory,
    };
    const { path, text } = environmentScript(ready);
    await writeFile(path, text);
    const shell = `. '${path}' && echo "$AWS_ENDPOINT_URL $NO_PROXY $PATH"; env`;
    const account = { AWS_PROFILE: "prod", AWS_ENDPOINT_URL_SQS: "https://sqs", PULUMI_ACCESS_TOKEN: "pul-a=b\nc" };
    const own = { PATH: `/my/bin:${process.env.PATH}`, AWS_SDK_LOAD_CONFIG: "true" };
    const { stdout, stderr } = await execa("/bin/sh", ["-euc", shell], {
      env: { ...account, ...own },
      extendEnv: false,
    });
    const [first = "", ...left] = stdout.split("\n");
    expect(first).to.equal(`http://127.0.0.1:1 127.0.0.1,localhost /cli/bin:${own.PATH}`);
    // Nothing of the account of whoever takes the environment over, and all else as it was.
    expect(left.filter((line) => /^(AWS|PULUMI)_/.test(line)).sort()).to.deep.equal([
      "AWS_ENDPOINT_URL=http://127.0.0.1:1",
      "AWS_SDK_LOAD_CONFIG=true",
    ]);
    expect(stderr).to.equal("");
    expect(instructions(ready, PLACE)).to.match(/^\. \S*environment\.sh$/m);
    // Without the stack, a push goes to the stack `rehearsal` of a project that has one.
    expect(instructions(ready, { ...PLACE, stack: "prod" })).to.match(/^npx aoshingo push --stack prod users:v1$/m);
    expect(instructions(ready, PLACE)).to.include("dig @127.20.0.2 -p 20053 users.rehearsal.test");
  });
});
