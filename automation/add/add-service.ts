import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../components/core/user-error";
import type { Kind } from "../../components/settings/settings";
import { assertFolders, isThere, notWritten, partialOf } from "../core/paths-there";
import type { SettingsFile } from "./settings-file";
import { assertDeployable, assertValid, list, readStackFiles } from "./stack-files";
import { serviceBlock, serviceFiles } from "./template";

const COMMENTS: Record<Kind, string> = {
  api: "A prototype: this block adds it, removing the block removes it.",
  job: "A prototype: this block adds it and its schedule, removing the block removes both.",
  worker: "A prototype: this block adds it and its queue, removing the block removes both.",
};

export interface AddOptions {
  /** The project's folder. */
  directory: string;
  /** The project's name. */
  project: string;
  kind: Kind;
  /** Default: all stacks that have a settings file. */
  stacks?: readonly string[];
  /** Returns what would be written, and writes nothing. */
  dryRun: boolean;
}

export interface Added {
  settings: SettingsFile[];
  /** Paths below the project's folder; empty if the service's folder existed already. */
  files: string[];
  /** Whether the block has a `test`. */
  hasTest: boolean;
}

/**
 * Adds a service: a block in the settings of the stacks and, unless it exists, a folder with a small service that
 * works. The block has a `test` only if the folder has a deploy test.
 * @throws UserError, with nothing changed, if the name is taken, the settings would have problems or something else is in the place of the folder;
 * also, with exit code 1, if something cannot be written
 */
export function addService(service: string, { directory, project, kind, stacks, dryRun }: AddOptions): Added {
  const files = readStackFiles(directory, stacks);
  const taken = files.filter(({ blocks }) => Object.hasOwn(blocks, service));
  if (taken.length > 0)
    throw new UserError(
      `service ${service} is in ${list(taken.map(({ name }) => name))} already: choose another name, or other stacks with --stack`,
    );
  const folder = join("services", service);
  const hasFolder = isThere(join(directory, folder));
  const { test, ...untested } = serviceBlock(service, kind);
  const hasTest = test !== undefined && (!hasFolder || existsSync(join(directory, folder, "deploy-test", "main.ts")));
  const block = hasTest ? { ...untested, test } : untested;
  const settings = files.map((file) => file.withBlock(service, block, COMMENTS[kind]));
  assertValid(settings);
  assertDeployable(project, settings);
  assertFolders(directory, join(folder, "main.ts"));
  const texts = hasFolder ? new Map<string, string>() : serviceFiles(service, kind);
  if (!dryRun) {
    if (!hasFolder) writeFolder(directory, folder, texts);
    // The settings come last: a deploy would read a block that has no folder yet.
    for (const file of settings) file.write();
  }
  return { settings, files: [...texts.keys()].map((path) => join(folder, path)), hasTest };
}

/** Makes the folder under another name first: the next `add` takes one that is there as whole. @throws UserError if it cannot be written */
function writeFolder(directory: string, folder: string, texts: ReadonlyMap<string, string>): void {
  const target = join(directory, folder);
  const partial = partialOf(target);
  try {
    mkdirSync(dirname(partial), { recursive: true });
    mkdirSync(partial);
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(partial, path)), { recursive: true });
      writeFileSync(join(partial, path), text);
    }
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw notWritten(folder, error);
  }
}
