import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import { UserError } from "../../../components/core/user-error";
import { FakeTools } from "./fake-tools";

type Module = typeof import("../../../automation/pulumi-cli/ensure-pulumi-cli");

/** Returns a fresh copy of the module. The shared object of this process is for tests that need the real CLI. */
function freshModule(): Module {
  const file = require.resolve("../../../automation/pulumi-cli/ensure-pulumi-cli");
  const shared = require.cache[file];
  delete require.cache[file];
  const fresh = require(file) as Module;
  if (shared) require.cache[file] = shared;
  else delete require.cache[file];
  return fresh;
}

const MAIN = join(__dirname, "../../../automation/pulumi-cli/main.ts");

describe("ensurePulumiCli", () => {
  let tools: FakeTools;
  beforeEach(() => {
    tools = new FakeTools();
  });
  afterEach(() => tools.remove());

  it("prints only the CLI's path on stdout", async () => {
    const file = join(tools.bin, "pulumi");
    tools.pulumi(file, "3.260.0");
    const result = await new Promise((resolve) => {
      const args = [...NODE_ARGUMENTS, MAIN];
      execFile(process.execPath, args, (error, stdout, stderr) => resolve({ error, stdout, stderr }));
    });
    expect(result).to.deep.equal({ error: null, stdout: `${file}\n`, stderr: "" });
  });

  it("returns the same object to all callers, but tries again after a failure", async () => {
    const { ensurePulumiCli } = freshModule();
    const options = { cacheFolder: tools.cache, installer: tools.installer };
    const failure = await ensurePulumiCli(options).catch((error: Error) => error);
    expect(failure).to.be.instanceOf(UserError);
    tools.pulumi(join(tools.bin, "pulumi"), "3.260.0");
    const cli = await ensurePulumiCli(options);
    tools.logged();
    expect(await ensurePulumiCli()).to.equal(cli);
    expect(tools.logged()).to.deep.equal([]);
  });
});
