import { readdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../components/core/user-error";
import { SettingsFile } from "./settings-file";

/**
 * The settings of the given stacks; default: of all that the project has.
 * @throws UserError for a stack without a file, and for settings that have faults before anything was changed
 */
export function readStackFiles(directory: string, stacks: readonly string[] | undefined): SettingsFile[] {
  const known = readdirSync(directory).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  const unknown = (stacks ?? []).filter((stack) => !known.includes(stack));
  if (unknown.length > 0)
    throw new UserError(
      `unknown stack ${unknown.join(", ")}: there is no Pulumi.<stack>.yaml; known are ${list(known)}`,
    );
  const files = (stacks ?? known.sort()).map((stack) => SettingsFile.read(join(directory, `Pulumi.${stack}.yaml`)));
  if (files.length === 0) throw new UserError("there is no Pulumi.<stack>.yaml to change: write one first");
  const faults = files.flatMap(({ name, faults }) => faults.map((line) => `${name}: ${line}`));
  if (faults.length > 0) throw new UserError(faults.join("\n"));
  return files;
}

/** @throws UserError with the faults that the changed settings have; the same fault of several files is said once */
export function refuseFaults(changed: readonly SettingsFile[]): void {
  const faults = new Set(changed.flatMap(({ faults }) => faults));
  if (faults.size > 0) throw new UserError([...faults].join("\n"));
}

export function list(names: readonly string[]): string {
  return names.join(", ") || "none";
}
