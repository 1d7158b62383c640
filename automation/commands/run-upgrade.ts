import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../components/core/user-error";
import { ownVersion } from "../core/own-version";
import { isCompiled } from "../core/package-directory";
import { stoppable } from "../core/process/stoppable";
import { settingsFile, stackNames } from "../core/project";
import { PROJECT_DIRECTORY } from "../core/project-directory";
import { repositoryRoot } from "../core/repository-root";
import { askYesOrNo, assertTerminal } from "../output/terminal-prompt";
import { upgradedText, upgradeText } from "../output/upgrade-text";
import { compareStack, type StackDifference } from "../upgrade/compare-previews";
import { schemaDifference } from "../upgrade/schema-paths";
import { install, lockIn, npmRoot, packageIn, ScratchProject } from "../upgrade/scratch-project";
import { assertKeptInside, filesToCommit, tarballIn, tarballWanted } from "../upgrade/tarball";
import { applyTemplates, templateChanges } from "../upgrade/workflows";

export interface UpgradeOptions {
  to?: string;
  stack?: string[];
  dryRun: boolean;
  yes: boolean;
}

/** `aoshingo upgrade`: in the project's folder. */
export async function runUpgrade(options: UpgradeOptions): Promise<void> {
  const tarball = tarballWanted(options.to, PROJECT_DIRECTORY);
  if (!isCompiled())
    throw new UserError("this is aoshingo's own repository: upgrade is for a project that has it as a package");
  if (!options.dryRun && !options.yes) assertTerminal("--yes to install it, or --dry-run to see what it changes");
  await stoppable((signal) => upgrade(tarball, options, signal));
}

async function upgrade(
  tarball: string,
  { stack: stacks = stackNames(), dryRun, yes }: UpgradeOptions,
  signal: AbortSignal,
): Promise<void> {
  const installed = packageIn(PROJECT_DIRECTORY);
  const root = await npmRoot(PROJECT_DIRECTORY);
  const repository = repositoryRoot(PROJECT_DIRECTORY) ?? root;
  const before = tarballIn(PROJECT_DIRECTORY);
  assertKeptInside(PROJECT_DIRECTORY, tarball, repository);
  for (const stack of stacks) settingsFile(stack);
  const spec = `file:${tarball}`;
  console.error(`Installing ${spec} in a copy of the project`);
  const scratch = await ScratchProject.of(PROJECT_DIRECTORY, root, spec);
  try {
    signal.throwIfAborted();
    const workflows = templateChanges(PROJECT_DIRECTORY, installed, scratch.package, repository);
    const differences: StackDifference[] = [];
    for (const stack of stacks) {
      console.error(`Previewing ${stack} with both versions`);
      differences.push(await compareStack(stack, PROJECT_DIRECTORY, scratch.directory));
      signal.throwIfAborted();
    }
    const settings = schemaDifference(await schemaOf(installed), await schemaOf(scratch.package));
    console.log(upgradeText({ from: ownVersion(), to: scratch.version, stacks: differences, settings, workflows }));
    if (dryRun || !(yes || (await isAgreed(signal)))) {
      console.log("\nNothing was changed.");
      return;
    }
    await install(PROJECT_DIRECTORY, spec);
    applyTemplates(PROJECT_DIRECTORY, workflows);
    const lock = lockIn(root)!;
    const files = filesToCommit({ project: PROJECT_DIRECTORY, lock, repository, tarball, before });
    const updated = workflows.flatMap(({ path, state }) => (state === "ours" ? [path] : []));
    console.log(upgradedText({ to: scratch.version, stacks, ...files, added: [...files.added, ...updated] }));
  } finally {
    await scratch.remove();
  }
}

async function isAgreed(signal: AbortSignal): Promise<boolean> {
  console.log();
  return (await askYesOrNo("Install it?", signal, { input: process.stdin, output: process.stdout })) === true;
}

async function schemaOf(folder: string): Promise<object> {
  return JSON.parse(await readFile(join(folder, "docs/settings.schema.json"), "utf8")) as object;
}
