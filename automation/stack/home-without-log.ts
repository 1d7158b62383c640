import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where the CLI keeps its log, in its home. */
const LOGS = "logs";
/** What the CLI downloads belongs to its own home. */
const PLUGINS = "plugins";

/**
 * Makes a home folder for the CLI in which it keeps no log (docs/decisions/no-log-of-the-engine.md). All else in it leads to the CLI's own home.
 * @param directory the new home is a folder in it
 * @param environment of the CLI
 * @returns the variables by which the CLI uses it; none if there cannot be one: then the CLI keeps its log
 */
export function withoutLog(directory: string, { PULUMI_HOME }: NodeJS.ProcessEnv): { PULUMI_HOME?: string } {
  const own = PULUMI_HOME || join(homedir(), ".pulumi");
  const home = join(directory, "pulumi-home");
  if (existsSync(home)) return { PULUMI_HOME: home };
  try {
    mkdirSync(join(own, PLUGINS), { recursive: true });
    makeHomeWithoutLog(home);
    for (const name of readdirSync(own)) if (name !== LOGS) link(join(own, name), join(home, name));
    return { PULUMI_HOME: home };
  } catch {
    // One without the CLI's plugins or login must not be taken the next time.
    rmSync(home, { recursive: true, force: true });
    return {};
  }
}

/** Where the log's folder cannot be made, the CLI goes without (pkg/cmd/pulumi/pulumi.go). */
export function makeHomeWithoutLog(home: string): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, LOGS), "");
}

/** On Windows everybody may link folders (junctions), but not everybody files. */
function link(from: string, to: string): void {
  const isFolder = statSync(from, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder || process.platform !== "win32") symlinkSync(from, to, "junction");
  else copyFileSync(from, to);
}
