import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { install } from "../../../automation/upgrade/scratch-project";

describe("installing another version", () => {
  const { PATH } = process.env;
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-install-"));
    process.env.PATH = `${directory}${delimiter}${PATH}`;
  });
  afterEach(async () => {
    process.env.PATH = PATH;
    await rm(directory, { recursive: true, force: true });
  });

  async function npmIs(script: string): Promise<void> {
    const npm = join(directory, "npm");
    await writeFile(npm, `#!/bin/sh\n${script}\n`);
    await chmod(npm, 0o755);
  }

  const failure = (limitMs?: number) =>
    install(directory, "9.9.9", directory, limitMs).then(
      () => "",
      (error: Error) => error.message,
    );

  it("ends an npm that hangs, and says so", async () => {
    await npmIs("exec sleep 600");
    expect(await failure(200)).to.equal(
      "aoshingo 9.9.9 could not be installed: npm did not end within 0.2 s; try again",
    );
  });

  it("says npm's reason, not its codes", async () => {
    await npmIs("echo 'npm error code ETARGET' >&2; echo 'npm error No matching version found for it.' >&2; exit 1");
    expect(await failure()).to.equal("aoshingo 9.9.9 could not be installed: No matching version found for it.");
  });

  it("is content when npm is", async () => {
    await npmIs("exit 0");
    expect(await failure()).to.equal("");
  });
});
