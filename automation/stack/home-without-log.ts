import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
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
 * @returns the variables by which the CLI uses it
 */
export function withoutLog(directory: string, { PULUMI_HOME }: NodeJS.ProcessEnv): { PULUMI_HOME: string } {
  const own = PULUMI_HOME || join(homedir(), ".pulumi");
  const home = join(directory, "pulumi-home");
  if (existsSync(home)) return { PULUMI_HOME: home };
  mkdirSync(join(own, PLUGINS), { recursive: true });
  makeHomeWithoutLog(home);
  for (const name of readdirSync(own)) if (name !== LOGS) symlinkSync(join(own, name), join(home, name));
  return { PULUMI_HOME: home };
}

/** Where the log's folder cannot be made, the CLI goes without (pkg/cmd/pulumi/pulumi.go). */
export function makeHomeWithoutLog(home: string): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, LOGS), "");
}
