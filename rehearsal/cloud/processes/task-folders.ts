import { mkdirSync, rmSync, writeFileSync } from "node:fs";
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

  /** Writes the host names that a container knows, by name and address, as a hosts file in its folder. Returns its path. */
  createHosts(taskId: string, names: readonly (readonly [string, string])[]): string {
    const path = join(this.create(taskId), "hosts");
    const lines = [["localhost", "127.0.0.1"] as const, ...names].map(([name, address]) => `${address} ${name}\n`);
    writeFileSync(path, lines.join(""));
    return path;
  }

  /**
   * Does nothing if the folder was never created.
   * @throws Error if something is left in it: a process of the task still writes there, or has made a folder that is not to be changed
   */
  remove(taskId: string): Promise<void> {
    return rm(join(this.#directory, taskId), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Synchronous, so that it can run while this process exits. Leaves what cannot be removed. */
  removeAll(): void {
    try {
      rmSync(this.#directory, { recursive: true, force: true });
    } catch {
      // A task left a folder that is not to be changed, or a process that still writes.
    }
  }
}
