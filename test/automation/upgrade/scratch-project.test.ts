import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { runModule } from "../../../automation/core/package-directory";
import { install, npmRoot, packageIn, ScratchProject } from "../../../automation/upgrade/scratch-project";
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
        `${problem}: wanted the path of a package's tarball, such as aoshingo-0.2.0.tgz; the name aoshingo is not published, and what a registry has under it is somebody else's`,
      );
      expect(exitCode).to.equal(2);
      expect(await readFile(join(directory, "called"), "utf8").catch(() => "not called")).to.equal("not called");
    });
});

describe("the copy of a project with another version", function () {
  // npm takes some seconds for each installation.
  this.timeout(120_000);

  let base: string;
  let registry: Server;
  /** What was asked of the registry. */
  let asked: string[];
  const { npm_config_registry: REGISTRY } = process.env;

  beforeEach(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), "aoshingo-copy-")));
    asked = [];
    registry = createServer(({ url }, response) => {
      asked.push(url!);
      response.writeHead(403).end();
    }).listen(0, "127.0.0.1");
    await once(registry, "listening");
    process.env.npm_config_registry = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
    for (const version of ["0.0.1", "0.0.2"]) {
      await write(`${version}/package/package.json`, { name: "aoshingo", version });
      await execa("tar", ["czf", join(base, `aoshingo-${version}.tgz`), "package"], { cwd: join(base, version) });
    }
  });
  afterEach(async () => {
    if (REGISTRY === undefined) delete process.env.npm_config_registry;
    else process.env.npm_config_registry = REGISTRY;
    registry.close();
    await rm(base, { recursive: true });
  });

  async function write(path: string, content: object | string): Promise<void> {
    await mkdir(dirname(join(base, path)), { recursive: true });
    await writeFile(join(base, path), typeof content === "string" ? content : JSON.stringify(content));
  }

  /** A repository whose workspaces are the project `deploy` and a package that it needs by its name. */
  async function workspaces(): Promise<{ root: string; project: string }> {
    const root = join(base, "repository");
    const project = join(root, "apps/deploy");
    await write("repository/package.json", { name: "repository", private: true, workspaces: ["apps/*", "shared"] });
    await write("repository/shared/package.json", { name: "shared", version: "1.0.0" });
    await write("repository/shared/out/index.js", "module.exports = 1;");
    await write("repository/apps/deploy/package.json", { name: "deploy", dependencies: { shared: "*" } });
    await write("repository/apps/deploy/out/report.html", "large");
    await install(project, `file:${base}/aoshingo-0.0.1.tgz`);
    return { root, project };
  }

  it("has the other workspaces, and asks the registry for none of their names", async () => {
    const { root, project } = await workspaces();
    expect(await npmRoot(project)).to.equal(root);
    const scratch = await ScratchProject.of(project, root, `file:${base}/aoshingo-0.0.2.tgz`);
    try {
      expect(scratch.version).to.equal("0.0.2");
      const { stdout } = await execa(process.execPath, ["-p", 'require("shared/out/index.js")'], {
        cwd: scratch.directory,
      });
      expect(stdout).to.equal("1");
      expect(await readdir(scratch.directory)).not.to.include("out");
      expect(await manifest(join(scratch.directory, "package.json"))).to.have.nested.property("dependencies.aoshingo");
    } finally {
      await scratch.remove();
    }
    expect(existsSync(scratch.directory)).to.equal(false);
    expect(asked).to.deep.equal([]);
    expect(await manifest(join(packageIn(project), "package.json"))).to.have.property("version", "0.0.1");
  });

  it("is not made without a lock file: npm would choose other versions, and ask the registry for every name", async () => {
    const { root, project } = await workspaces();
    await rm(join(root, "package-lock.json"));
    const made = await ScratchProject.of(project, root, `file:${base}/aoshingo-0.0.2.tgz`).catch(
      (error: Error) => error,
    );
    expect(made)
      .to.be.instanceOf(UserError)
      .with.property("message")
      .that.matches(
        /^\S+repository has no package-lock\.json: wanted one, .* run `npm install` there, then try again$/,
      );
    expect(asked).to.deep.equal([]);
  });

  it("is of the project alone where it is in no workspace", async () => {
    await write("repository/package.json", { name: "repository", private: true, workspaces: ["shared"] });
    await write("repository/apps/deploy/package.json", { name: "deploy" });
    const project = join(base, "repository/apps/deploy");
    expect(await npmRoot(project)).to.equal(project);
  });

  const manifest = async (file: string) => JSON.parse(await readFile(file, "utf8"));
});
