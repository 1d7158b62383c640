import { access, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/cmd";

/** Longer than any download or build may take: a partial folder that was not touched for so long is a crash's remains. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/** Makes the folder that `root` goes into, and clears it of what crashed runs left behind. Rejects if it cannot be written. */
export async function preparePlace(root: string): Promise<void> {
  await mkdir(dirname(root), { recursive: true });
  await access(dirname(root), constants.W_OK);
  await removeAbandoned(root);
}

/** Takes a broken CLI away; renamed first, so that another run sees either all of it or nothing. */
export async function discardCli(root: string): Promise<void> {
  const aside = await mkdtemp(`${root}.partial-`);
  try {
    await rename(root, join(aside, "broken"));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/**
 * Makes the folder `root` with a CLI in `root`/bin, all of it or nothing: `fill` puts the CLI into a partial folder
 * beside it, which gets its name only once the CLI in it ran. So a crash leaves nothing that a later run could take for a
 * CLI, and of two runs at the same time both end with a CLI that works. Rejects with what `fill` or the CLI's first run
 * rejects with.
 */
export async function placeCli(root: string, fill: (partialRoot: string) => Promise<void>): Promise<PulumiCommand> {
  const partialRoot = await mkdtemp(`${root}.partial-`);
  try {
    await fill(partialRoot);
    await PulumiCommand.get({ root: partialRoot });
    // A rename onto a folder that is not empty fails: another run was first, and its CLI is as good.
    await rename(partialRoot, root).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
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
