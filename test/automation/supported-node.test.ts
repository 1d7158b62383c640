import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { cacheFolder } from "../../automation/core/cache-folder";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";

const FILE = join(PROJECT_DIRECTORY, "automation/supported-node.ts");
const NAME = `node-${process.platform}-${process.arch}`;

describe("automation/supported-node", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "aoshingo-node-"));
  });
  afterEach(() => rm(home, { recursive: true }));

  /** Asks for the folder as this version of Node. */
  function ask(version: string, path = "/nowhere") {
    const script = `Object.defineProperty(process.versions, "node", { value: "${version}" });
      console.log(require(${JSON.stringify(FILE)}).supportedNode());`;
    return execa(process.execPath, [...NODE_ARGUMENTS, "-e", script], {
      env: { HOME: home, PATH: path },
      extendEnv: false,
    });
  }

  /** An npm that notes its arguments and installs an empty `node`. @returns the folder that it is in */
  async function npm(): Promise<string> {
    const folder = join(home, "bin");
    await mkdir(folder);
    const script = `#!/bin/sh
      echo "$@" >> "${home}/npm.log"
      mkdir -p "$3/node_modules/${NAME}/bin" && : > "$3/node_modules/${NAME}/bin/node"`;
    await writeFile(join(folder, "npm"), script);
    await chmod(join(folder, "npm"), 0o755);
    return `${folder}:/usr/bin:/bin`;
  }

  it("is the installed one, if that has support", async () => {
    for (const version of ["22.0.0", "24.21.0", "26.3.1"])
      expect(await ask(version)).to.include({ stdout: dirname(process.execPath), stderr: "" });
  });

  it("is fetched once, if that has none", async () => {
    const path = await npm();
    const bin = join(cacheFolder({ HOME: home }), "node-24", "node_modules", NAME, "bin");
    expect(await ask("20.19.0", path)).to.include({ stdout: bin, stderr: "Fetching Node 24, once" });
    expect(await ask("20.19.0", path)).to.include({ stdout: bin, stderr: "" });
    // The package of Node's build has no script of its own, and no other package may run one here.
    expect(await readFile(join(home, "npm.log"), "utf8")).to.match(
      new RegExp(`^install --prefix .* --ignore-scripts .*${NAME}@24\n$`),
    );
  });

  it("is the installed one, with a word about it, if none can be fetched", async () => {
    const { stdout, stderr } = await ask("20.19.0");
    expect(stdout).to.equal(dirname(process.execPath));
    expect(stderr).to.match(/Node 24 could not be fetched: going on with 20\.19\.0, which has no support$/);
  });
});
