import { access, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import { moveUnlessThere } from "../core/move-unless-there";

/** Longer than any download or build may take. A partial folder that is older was left by a crash. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/**
 * Creates the parent folder of `root`, and removes what crashed runs left in it.
 * @throws Error if it is not writable
 */
export async function preparePlace(root: string): Promise<void> {
  await mkdir(dirname(root), { recursive: true });
  await access(dirname(root), constants.W_OK);
  await removeAbandoned(root);
}

/** Removes a broken CLI. It is renamed first, so that another run sees either all of it or nothing. */
export async function discardCli(root: string): Promise<void> {
  const aside = await mkdtemp(`${root}.partial-`);
  try {
    await rename(root, join(aside, "broken"));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/**
 * Creates the folder `root` with a CLI in `root`/bin, completely or not at all: `fill` puts the CLI into a partial
 * folder beside it, which is renamed once the CLI in it has run. So a crash never leaves a broken CLI in `root`, and
 * two runs at the same time both get a CLI that works.
 * @throws the error of `fill` or of the CLI's first run
 */
export async function placeCli(root: string, fill: (partialRoot: string) => Promise<void>): Promise<PulumiCommand> {
  const partialRoot = await mkdtemp(`${root}.partial-`);
  try {
    await fill(partialRoot);
    await PulumiCommand.get({ root: partialRoot });
    // If another run was first, its CLI is as good.
    moveUnlessThere(partialRoot, root);
  } finally {
    await rm(partialRoot, { recursive: true, force: true });
  }
  return PulumiCommand.get({ root });
}

async function removeAbandoned(root: string): Promise<void> {
  const folder = dirname(root);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(root)}.partial-`)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}
