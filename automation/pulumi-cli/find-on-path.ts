import { accessSync, constants, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";

/** Returns the first executable file of that name in the folders of `path`. Default: this process's PATH. */
export function findOnPath(name: string, path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => resolve(folder, name))
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
