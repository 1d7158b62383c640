import { accessSync, constants, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";

/**
 * Returns the first executable file of that name in the folders of `path`. Default: this process's PATH. On Windows the file
 * has one of the extensions that PATHEXT lists.
 */
export function findOnPath(
  name: string,
  path = process.env.PATH ?? "",
  extensions = process.platform === "win32" ? (process.env.PATHEXT ?? ".EXE").split(";") : [""],
): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => extensions.map((extension) => resolve(folder, `${name}${extension}`)))
    .find(isExecutable);
}

/** Whether the path is a file that this process may execute. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
