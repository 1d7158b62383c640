import { UserError } from "../../components/core/user-error";
import type { SettingsFile } from "./settings-file";
import { assertValid, filesByText, list, readStackFiles } from "./stack-files";

/** The settings in which a service names others that it needs, and what it then does. */
const NEEDS = [
  ["calls", "calls it"],
  ["sends", "sends to it"],
] as const;

export interface RemoveOptions {
  /** The project's folder. */
  directory: string;
  /** Default: all stacks that have the service. */
  stacks?: readonly string[];
  /** Returns what would be written, and writes nothing. */
  dryRun: boolean;
}

/**
 * Removes a service's block from the settings of the stacks. Its folder stays.
 * @throws UserError, with nothing changed, if there is no such service or the settings of others name it
 */
export function removeService(service: string, { directory, stacks, dryRun }: RemoveOptions): SettingsFile[] {
  const files = readStackFiles(directory, stacks);
  const having = files.filter(({ blocks }) => Object.hasOwn(blocks, service));
  const lacking = files.filter((file) => !having.includes(file)).map(({ name }) => name);
  if (having.length === 0 || (stacks && lacking.length > 0)) {
    const known = new Set(files.flatMap(({ blocks }) => Object.keys(blocks)));
    throw new UserError(`there is no service ${service} in ${list(lacking)}; known are ${list([...known])}`);
  }
  assertUnneeded(service, having);
  const settings = having.map((file) => file.withoutBlock(service));
  assertValid(settings);
  if (!dryRun) for (const file of settings) file.write();
  return settings;
}

/** @throws UserError that names each service whose settings name this one, and where */
function assertUnneeded(service: string, files: readonly SettingsFile[]): void {
  const lines = filesByText(files, ({ blocks }) => needsOf(service, blocks)).map(
    ([need, names]) => `${service} stays in ${names}, nothing was changed: ${need} first`,
  );
  if (lines.length > 0) throw new UserError(lines.join("\n"));
}

/** One text for each setting that names the service. @param blocks of settings without problems */
function needsOf(service: string, blocks: SettingsFile["blocks"]): string[] {
  return Object.entries(blocks as Record<string, { calls?: string[]; sends?: string[] }>).flatMap(([other, block]) =>
    NEEDS.filter(([key]) => block[key]?.includes(service)).map(
      ([key, does]) => `${other} ${does}; take it out of services.${other}.${key}`,
    ),
  );
}
