import { existsSync, readFileSync, statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import { failureReason } from "./failure-reason";
import { findOnPath } from "./find-on-path";
import { MINIMUM_PULUMI_VERSION } from "./versions";

/** The CLI on PATH, or why there is none to use. */
export async function cliOnPath(): Promise<PulumiCommand | string> {
  const file = findOnPath("pulumi");
  if (file === undefined) return "pulumi is not on PATH";
  try {
    const cli = await PulumiCommand.get();
    // Without a version the person has switched the check off (PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK).
    if (cli.version === null || cli.version.compare(MINIMUM_PULUMI_VERSION) >= 0) return cli;
    return `${file} on PATH is ${cli.version}, older than ${MINIMUM_PULUMI_VERSION}`;
  } catch (error) {
    return `${file} on PATH does not work (${failureReason(error)})`;
  }
}

/** So that a CLI on PATH that was refused once does not cost every run its version check. */
export class RefusedCli {
  readonly #memory: string;

  constructor(cacheFolder: string) {
    this.#memory = join(cacheFolder, "refused-on-path");
  }

  /** Whether the CLI on PATH is the very file that was refused last. */
  isStillThere(): boolean {
    return existsSync(this.#memory) && readFileSync(this.#memory, "utf8") === fingerprint();
  }

  async remember(): Promise<void> {
    if (fingerprint() === "" || this.isStillThere()) return;
    // In one step: another run may read it at this moment.
    const partial = `${this.#memory}.${process.pid}`;
    try {
      await writeFile(partial, fingerprint());
      await rename(partial, this.#memory);
    } catch {
      // A cache that cannot be written costs a version check a run, nothing else.
    }
  }
}

function fingerprint(): string {
  const file = findOnPath("pulumi");
  if (file === undefined) return "";
  const { mtimeMs, size } = statSync(file);
  return JSON.stringify({ file, mtimeMs, size });
}
