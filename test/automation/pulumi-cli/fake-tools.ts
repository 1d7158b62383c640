import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Small real executables in a temporary folder, which is all that is on PATH. */
export class FakeTools {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "aoshingo-cli-")));
  readonly bin = join(this.folder, "bin");
  readonly cache = join(this.folder, "cache", "aoshingo");
  readonly cachedRoot = join(this.cache, "pulumi-3.260.0");
  readonly installer = [join(this.folder, "installer")];
  readonly #log = join(this.folder, "log");
  readonly #path = process.env.PATH;

  constructor() {
    mkdirSync(this.bin);
    process.env.PATH = this.bin;
    this.script(this.installer[0]!, `echo "$@" >> ${this.#log}; echo "no route to get.pulumi.com" >&2; exit 1`);
  }

  remove(): void {
    process.env.PATH = this.#path;
    rmSync(this.folder, { recursive: true });
  }

  /** Writes an executable shell script. */
  script(file: string, body: string): void {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `#!/bin/sh\nPATH=/bin:/usr/bin\n${body}\n`);
    chmodSync(file, 0o755);
  }

  /** Writes a CLI that prints its version and logs each call. */
  pulumi(file: string, version: string): void {
    this.script(file, `echo "version ${version}" >> ${this.#log}; echo v${version}`);
  }

  /** Makes the installer work: it copies a CLI into the given folder. */
  allowDownload(): void {
    this.pulumi(join(this.folder, "downloaded"), "3.260.0");
    this.script(this.installer[0]!, `mkdir -p "$1/bin" && cp ${this.folder}/downloaded "$1/bin/pulumi"`);
  }

  /** Puts a `go` on PATH that runs `before` and then "builds" a CLI into the file after -o. */
  allowBuild(before = ":"): void {
    this.pulumi(join(this.folder, "built"), "3.260.0");
    this.script(join(this.bin, "go"), `${before}\nmkdir -p "$(dirname "$3")" && cp ${this.folder}/built "$3"`);
  }

  /** Returns what the tools logged since the last call. */
  logged(): string[] {
    if (!existsSync(this.#log)) return [];
    const lines = readFileSync(this.#log, "utf8").trimEnd().split("\n");
    rmSync(this.#log);
    return lines;
  }

  cached(): string[] {
    return existsSync(this.cache) ? readdirSync(this.cache).sort() : [];
  }
}
