import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../components/core/user-error";
import type { SettingsFile } from "./settings-file";
import { list, readStackFiles, refuseFaults } from "./stack-files";
import { type Kind, serviceBlock, serviceFiles } from "./template";

const COMMENTS: Record<Kind, string> = {
  api: "A prototype: this block adds it, removing the block removes it.",
  worker: "A prototype: this block adds it and its queue, removing the block removes both.",
};

export interface AddOptions {
  /** The project's. */
  directory: string;
  kind: Kind;
  /** Default: all that have settings. */
  stacks?: readonly string[];
  /** Says what would be written, and writes nothing. */
  dryRun: boolean;
}

export interface Added {
  settings: SettingsFile[];
  /** Paths below the project's folder; none if the service's folder was there already. */
  files: string[];
}

/**
 * Adds a service: a block in the settings of the stacks and, if there is none yet, a folder with a small service that works. The block has a `test` only
 * if the folder has the template's.
 * @throws UserError, with nothing changed, for a name that is taken or that the settings refuse
 */
export function addService(service: string, { directory, kind, stacks, dryRun }: AddOptions): Added {
  const files = readStackFiles(directory, stacks);
  const taken = files.filter(({ blocks }) => Object.hasOwn(blocks, service));
  if (taken.length > 0)
    throw new UserError(
      `service ${service} is in ${list(taken.map(({ name }) => name))} already: choose another name, or other stacks with --stack`,
    );
  const folder = join("services", service);
  const isThere = existsSync(join(directory, folder));
  const { test, ...untested } = serviceBlock(service, kind);
  const hasTest = !isThere || existsSync(join(directory, folder, "deploy-test", "main.ts"));
  const block = hasTest ? { ...untested, test } : untested;
  const settings = files.map((file) => file.withBlock(service, block, COMMENTS[kind]));
  refuseFaults(settings);
  const texts = isThere ? new Map<string, string>() : serviceFiles(service, kind);
  if (!dryRun) {
    for (const [path, text] of texts) {
      const target = join(directory, folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    // Last: a block without a folder would be found by a deploy.
    for (const file of settings) file.write();
  }
  return { settings, files: [...texts.keys()].map((path) => join(folder, path)) };
}
