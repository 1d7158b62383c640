import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, rm, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreUnreachable } from "../../ports/store";

/** Extension of files that are not in place yet. */
const UNFINISHED = ".unfinished";

/**
 * Writes a file so that a crash leaves the old text or the new one, never a part. Resolves when the new one is on disk.
 * @throws StoreUnreachable
 */
export function replaceAtomically(path: string, text: string): Promise<void> {
  return written(path, async () => {
    const temporary = await writeTemporary(path, text);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  });
}

/**
 * Writes a file unless there is one. Returns whether it did: of several callers at the same time exactly one gets true.
 * @throws StoreUnreachable
 */
export function createAtomically(path: string, text: string): Promise<boolean> {
  return written(path, async () => {
    const temporary = await writeTemporary(path, text);
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
  });
}

/**
 * Appends to a file, and resolves when all of it is on disk.
 * @throws StoreUnreachable
 */
export function append(path: string, text: string): Promise<void> {
  return written(path, () => writeSynced(path, "a", text));
}

/**
 * Leaves the first bytes of a file.
 * @throws StoreUnreachable
 */
export function cutOff(path: string, bytes: number): Promise<void> {
  return written(path, () => truncate(path, bytes));
}

/**
 * Makes a folder unless there is one.
 * @throws StoreUnreachable
 */
export function makeFolder(path: string): Promise<void> {
  return written(path, async () => {
    await mkdir(path, { recursive: true });
  });
}

/**
 * Returns a file's text, or null if there is no such file.
 * @throws StoreUnreachable
 */
export function readIfExists(path: string): Promise<string | null> {
  return ifThere(path, () => readFile(path, "utf8"));
}

/**
 * Returns the names in a folder, none if there is no such folder.
 * @throws StoreUnreachable
 */
export async function namesIn(folder: string): Promise<string[]> {
  return (await ifThere(folder, () => readdir(folder))) ?? [];
}

/** Reads what is there; null if nothing is. A disk that does not answer (EIO, ESTALE, EMFILE) is no proof of that: StoreUnreachable. */
async function ifThere<Content>(path: string, read: () => Promise<Content>): Promise<Content | null> {
  try {
    return await read();
  } catch (error) {
    if (isNodeError(error, "ENOENT")) return null;
    throw new StoreUnreachable(`${path} could not be read: ${(error as Error).message}`, error);
  }
}

/** A disk that does not take it now (EIO, ESTALE, ENOSPC) may do so in a while: StoreUnreachable. */
async function written<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    throw new StoreUnreachable(`${path} could not be written: ${(error as Error).message}`, error);
  }
}

/** Writes to a file and resolves when the text is on disk. */
async function writeSynced(path: string, flags: "a" | "wx", text: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes a folder's own data to disk: without it a new or renamed file may be missing after a crash. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeTemporary(path: string, text: string): Promise<string> {
  const temporary = `${path}.${randomUUID()}${UNFINISHED}`;
  await writeSynced(temporary, "wx", text);
  return temporary;
}

function isNodeError(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
