import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { runModule } from "../../../automation/core/package-directory";
import { install, packageIn, packageSpec } from "../../../automation/upgrade/scratch-project";
import { UserError } from "../../../components/core/user-error";

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
    install(directory, "file:/aoshingo-9.9.9.tgz", limitMs).then(
      () => "",
      (error: Error) => error.message,
    );

  it("ends an npm that hangs, and says so", async () => {
    await npmIs("exec sleep 600");
    expect(await failure(200)).to.equal(
      "file:/aoshingo-9.9.9.tgz could not be installed: npm did not end within 0.2 s; try again",
    );
  });

  it("says npm's reason, not its codes", async () => {
    await npmIs("echo 'npm error code ETARGET' >&2; echo 'npm error No matching version found for it.' >&2; exit 1");
    expect(await failure()).to.equal(
      "file:/aoshingo-9.9.9.tgz could not be installed: No matching version found for it.",
    );
  });

  it("is content when npm is", async () => {
    await npmIs("exit 0");
    expect(await failure()).to.equal("");
  });

  it("takes a tarball from the folder that its path is relative to", () => {
    expect(packageSpec("../aoshingo-0.2.0.tgz", "/work/shop")).to.equal("file:/work/aoshingo-0.2.0.tgz");
  });

  it("finds the package where Node does: in a workspace that is the root's node_modules", async () => {
    const [installed, project] = ["node_modules/aoshingo", "deploy"].map((path) => join(directory, path)) as [
      string,
      string,
    ];
    await mkdir(project);
    expect(() => packageIn(project)).to.throw(
      UserError,
      `${project} has no package aoshingo: run \`npm install\` there`,
    );
    await mkdir(installed, { recursive: true });
    await writeFile(
      join(installed, "package.json"),
      '{ "name": "aoshingo", "exports": { "./package.json": "./package.json" } }',
    );
    expect(packageIn(project)).to.equal(await realpath(installed));
  });

  for (const [given, problem] of [
    [[], "--to is not given"],
    [["--to", "0.2.0"], "--to is 0.2.0"],
    [["--to", "latest"], "--to is latest"],
  ] as const)
    it(`asks the registry for nothing by its name, which is not published: ${given.join(" ") || "nothing"} given`, async () => {
      await npmIs(`touch '${directory}/called'`);
      const { exitCode, stderr } = await execa(
        process.execPath,
        runModule("automation/cli", "upgrade", "--yes", ...given),
        { cwd: directory, stdin: "ignore", reject: false },
      );
      expect(stderr).to.equal(
        `${problem}: wanted the path of a package's tarball, such as ../aoshingo-0.2.0.tgz; the name aoshingo is not published, and what a registry has under it is somebody else's`,
      );
      expect(exitCode).to.equal(2);
      expect(await readFile(join(directory, "called"), "utf8").catch(() => "not called")).to.equal("not called");
    });
});
