import { mkdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Folders in place of the tmpfs of tasks: each belongs to one task, is empty at its start and removed at its end.
 * Their size is not limited.
 */
export class TaskFolders {
  readonly #directory: string;

  /** @param directory of this cloud alone */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Creates the folder of a task. Returns its path. */
  create(taskId: string): string {
    const path = join(this.#directory, taskId);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Does nothing if the folder was never created. */
  remove(taskId: string): Promise<void> {
    return rm(join(this.#directory, taskId), { recursive: true, force: true });
  }

  /** Synchronous, so that it can run while this process exits. */
  removeAll(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
