import { UserError } from "../../components/core/user-error";
import type { SettingsFile } from "./settings-file";
import { list, readStackFiles, refuseFaults } from "./stack-files";

export interface RemoveOptions {
  /** The project's. */
  directory: string;
  /** Default: all that have the service. */
  stacks?: readonly string[];
  /** Says what would be written, and writes nothing. */
  dryRun: boolean;
}

/**
 * Removes a service's block from the settings of the stacks; its folder stays.
 * @throws UserError, with nothing changed, for a service that is not there or that others name in their settings
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
  refuseFaults(settings);
  if (!dryRun) for (const file of settings) file.write();
  return settings;
}
