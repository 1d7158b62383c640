import { mkdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

/** Folders that stand for the tmpfs of tasks: each of one task alone, empty at its start and gone at its end. Their size is not limited. */
export class TaskFolders {
  readonly #directory: string;

  /** @param directory of this cloud alone */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @returns its path */
  create(taskId: string): string {
    const path = join(this.#directory, taskId);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** One that was never made, too. */
  remove(taskId: string): Promise<void> {
    return rm(join(this.#directory, taskId), { recursive: true, force: true });
  }

  /** Synchronous, so that it can be called while this process exits. */
  removeAll(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
