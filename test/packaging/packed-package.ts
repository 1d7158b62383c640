import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";

const ROOT = join(__dirname, "../..");

/**
 * The package as `npm pack` makes it, for a project of its own. Only its dependencies are not installed again: Node finds those of the
 * repository.
 */
export class PackedPackage {
  readonly project: string;
  readonly program: string;

  private constructor(
    readonly base: string,
    readonly version: string,
    readonly environment = { NODE_PATH: join(ROOT, "node_modules") },
  ) {
    this.project = join(base, "shop");
    this.program = join(this.project, "node_modules/.bin/aoshingo");
  }

  /** Packs the repository, and makes an empty folder for the project, with `new.tgz` beside it. */
  static async make(): Promise<PackedPackage> {
    const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    const packed = new PackedPackage(await mkdtemp(join(tmpdir(), "aoshingo-package-")), version);
    await mkdir(packed.project);
    await packed.run("npm", ["pack", "--pack-destination", packed.base], ROOT);
    await packed.repack("new");
    return packed;
  }

  /** Makes `<name>.tgz` of the package, without dependencies and changed. */
  async repack(name: string, change: (folder: string) => Promise<void> = async () => {}): Promise<void> {
    const folder = join(this.base, name);
    await mkdir(folder);
    await this.run("tar", ["xzf", `../aoshingo-${this.version}.tgz`, "--strip-components=1"], folder);
    const file = join(folder, "package.json");
    const { dependencies: _, ...rest } = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify(rest));
    await change(folder);
    const args = ["pack", "--json", "--ignore-scripts", "--loglevel=error"];
    const [packed] = JSON.parse(await this.run("npm", args, folder));
    await this.run("mv", [packed.filename, `../${name}.tgz`], folder);
  }

  /** Begins a project with `<name>.tgz`. Returns what `init` prints. */
  async begin(name: string): Promise<string> {
    await this.run("npm", ["init", "-y"]);
    await this.run("npm", ["install", "--no-audit", "--no-fund", "--offline", `../${name}.tgz`]);
    return await this.aoshingo(["init", "--yes", "--domain", "example.jp", "--region", "eu-west-1"]);
  }

  async end(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}) {
    const { exitCode = 1, all: text } = await execa(command, args, {
      ...{ cwd, env: { ...this.environment, ...env }, stdin: "ignore", all: true, reject: false },
    });
    return { exitCode, text };
  }

  async run(command: string, args: readonly string[], cwd = this.project, env: Record<string, string> = {}) {
    const { exitCode, text } = await this.end(command, args, cwd, env);
    expect(exitCode, `${command} ${args.join(" ")}: ${text}`).to.equal(0);
    return text;
  }

  async aoshingo(args: readonly string[], env?: Record<string, string>): Promise<string> {
    return await this.run(this.program, args, this.project, env);
  }

  async remove(): Promise<void> {
    await rm(this.base, { recursive: true, force: true });
  }
}
