import { UserError } from "../../components/core/user-error";
import type { SettingsFile } from "./settings-file";
import { assertValid, list, readStackFiles } from "./stack-files";

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
  const settings = having.map((file) => file.withoutBlock(service));
  assertValid(settings);
  if (!dryRun) for (const file of settings) file.write();
  return settings;
}
