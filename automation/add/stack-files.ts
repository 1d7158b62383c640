import { join } from "node:path";
import { UserError } from "../../components/core/user-error";
import { stackProblems } from "../../components/security/stack-problems";
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

/** @throws UserError with the problems of the changed settings; a problem that several files have is one line with all their names */
export function assertValid(changed: readonly SettingsFile[]): void {
  assertNone(changed, ({ problems }) => problems);
}

function assertNone(files: readonly SettingsFile[], problemsOf: (file: SettingsFile) => readonly string[]): void {
  const lines = filesByText(files, problemsOf).map(([problem, names]) => `${names}: ${problem}`);
  if (lines.length > 0) throw new UserError(lines.join("\n"));
}

/**
 * @param project its name, as it is in names of AWS
 * @throws UserError with what AWS would refuse of the changed settings, which have no problems of their own
 */
export function assertDeployable(project: string, changed: readonly SettingsFile[]): void {
  assertNone(changed, (file) =>
    stackProblems({ project, stack: file.stack }, String(file.valueOf("aws:region")), file.settings),
  );
}

/** Each text that is about a file, once, with the names of all files that it is about. */
export function filesByText(
  files: readonly SettingsFile[],
  textsOf: (file: SettingsFile) => readonly string[],
): [text: string, names: string][] {
  const names = new Map<string, string[]>();
  for (const file of files) for (const text of textsOf(file)) names.set(text, [...(names.get(text) ?? []), file.name]);
  return [...names].map(([text, having]) => [text, list(having)]);
}

export function list(names: readonly string[]): string {
  return names.join(", ") || "none";
}
