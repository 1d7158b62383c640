import { existsSync, readFileSync, statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import { failureReason } from "./failure-reason";
import { findOnPath } from "./find-on-path";
import { MINIMUM_PULUMI_VERSION } from "./versions";

/** Returns the CLI on PATH, or the reason why it cannot be used. */
export async function cliOnPath(): Promise<PulumiCommand | string> {
  const file = findOnPath("pulumi");
  if (file === undefined) return "pulumi is not on PATH";
  try {
    const cli = await PulumiCommand.get();
    // No version: the user has switched the check off (PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK).
    if (cli.version === null || cli.version.compare(MINIMUM_PULUMI_VERSION) >= 0) return cli;
    return `${file} on PATH is ${cli.version}, older than ${MINIMUM_PULUMI_VERSION}`;
  } catch (error) {
    return `${file} on PATH does not work (${failureReason(error)})`;
  }
}

/** Remembers a CLI on PATH that was refused, so that its version is not checked again by each run. */
export class RefusedCli {
  readonly #file: string;

  constructor(cacheFolder: string) {
    this.#file = join(cacheFolder, "refused-on-path");
  }

  /** True if the CLI on PATH is the file that was refused last. */
  isStillThere(): boolean {
    return existsSync(this.#file) && readFileSync(this.#file, "utf8") === fingerprint();
  }

  async remember(): Promise<void> {
    if (fingerprint() === "" || this.isStillThere()) return;
    // Written in one step, because another run may read it at the same time.
    const partial = `${this.#file}.${process.pid}`;
    try {
      await writeFile(partial, fingerprint());
      await rename(partial, this.#file);
    } catch {
      // If the cache cannot be written, the only cost is a version check in each run.
    }
  }
}

/** Returns path, time and size of the CLI on PATH; "" if there is none. */
function fingerprint(): string {
  const file = findOnPath("pulumi");
  if (file === undefined) return "";
  const { mtimeMs, size } = statSync(file);
  return JSON.stringify({ file, mtimeMs, size });
}
