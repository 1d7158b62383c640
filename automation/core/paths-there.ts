import { existsSync, lstatSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../components/core/user-error";

/** Whether something has this path: a link that leads nowhere is there, too. False where the way to it is no folder, or is closed. */
export function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param path of a file, from the project's folder
 * @throws UserError if something on the way to the file is no folder
 */
export function assertFolders(directory: string, path: string): void {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    const place = join(directory, folder);
    if (!isThere(place) || (existsSync(place) && statSync(place).isDirectory())) continue;
    const what = existsSync(place) ? "a file" : "a link that leads nowhere";
    throw new UserError(`${folder} is ${what}: wanted a folder for ${path}; move it away, then try again`);
  }
}

/**
 * Returns what a command fails with that cannot write.
 * @param path what is written, as it is shown
 */
export function notWritten(path: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new UserError(`${path} cannot be written (${code ?? message})`, { exitCode: 1, cause: error });
}

/** Returns the path at which a file or folder is made before it is renamed. It does not look like that of a stack's settings. */
export function partialOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
}
