import { randomUUID } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Ends the names of files that are not in place yet. */
const UNFINISHED = ".unfinished";

/** After a crash the file has its old text or the new one, never a part; the new one for good once this resolves. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}${UNFINISHED}`;
  await writeSynced(temporary, "wx", text);
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Of those who try at the same time exactly one gets true. */
export async function createOnly(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}${UNFINISHED}`;
  await writeSynced(temporary, "wx", text);
  try {
    await link(temporary, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (isNodeError(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Resolves when the text is on disk. */
export async function writeSynced(path: string, flags: "a" | "wx", text: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new or renamed file is there after a crash only if its folder was written too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function isNodeError(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
