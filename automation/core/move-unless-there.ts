import { existsSync, renameSync } from "node:fs";

/**
 * Renames a folder, so that it is there as a whole or not at all. Of several processes the first one's is kept; the others' stay where they are.
 * @throws the error of the file system if there is none afterwards
 */
export function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // ENOTEMPTY or EEXIST, and EPERM on Windows.
    if (!existsSync(to)) throw error;
  }
}
