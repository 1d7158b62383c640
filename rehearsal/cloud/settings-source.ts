import { settingsFile, stackNames } from "../../automation/core/project";
import { UserError } from "../../components/core/user-error";

/** The stack that a rehearsal brings up. Its settings are those of a stack of this name, if the project has one. */
export const STACK = "rehearsal";
const PRODUCTION = "prod";

/** Where a rehearsal's settings come from. */
export interface SettingsSource {
  /** Path of the file. */
  file: string;
  stack: string;
}

/**
 * Finds the settings to rehearse: those of the stack `rehearsal`, else those of the project's only stack, else those of
 * `prod`.
 * @param stack the stack to rehearse instead
 * @throws UserError if there is no such stack, or none to choose
 */
export function settingsSource(stack?: string): SettingsSource {
  const names = stackNames();
  const name = stack || [STACK, PRODUCTION].find((known) => names.includes(known)) || onlyOf(names);
  return { file: settingsFile(name), stack: name };
}

function onlyOf(names: readonly string[]): string {
  if (names.length === 1) return names[0]!;
  const known = names.length === 0 ? "there is no Pulumi.<stack>.yaml" : `known are ${names.join(", ")}`;
  throw new UserError(`which stack's settings are to be rehearsed? ${known}: give one with --stack`);
}
