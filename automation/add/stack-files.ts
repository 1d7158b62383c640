import { join } from "node:path";
import { UserError } from "../../components/core/user-error";
import { stackNamesIn } from "../core/stack-files";
import { SettingsFile } from "./settings-file";

/**
 * Reads the settings files of the given stacks. Default: all stacks of the project.
 * @throws UserError if a stack has no file, or if the settings have problems already
 */
export function readStackFiles(directory: string, stacks: readonly string[] | undefined): SettingsFile[] {
  const known = stackNamesIn(directory);
  const unknown = (stacks ?? []).filter((stack) => !known.includes(stack));
  if (unknown.length > 0)
    throw new UserError(
      `unknown stack ${unknown.join(", ")}: there is no Pulumi.<stack>.yaml; known are ${list(known)}`,
    );
  const files = (stacks ?? known).map((stack) => SettingsFile.read(join(directory, `Pulumi.${stack}.yaml`)));
  if (files.length === 0) throw new UserError("there is no Pulumi.<stack>.yaml to change: write one first");
  const problems = files.flatMap(({ name, problems }) => problems.map((line) => `${name}: ${line}`));
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return files;
}

/** @throws UserError with the problems of the changed settings; a problem that several files have is reported once */
export function assertValid(changed: readonly SettingsFile[]): void {
  const problems = new Set(changed.flatMap(({ problems }) => problems));
  if (problems.size > 0) throw new UserError([...problems].join("\n"));
}

export function list(names: readonly string[]): string {
  return names.join(", ") || "none";
}
