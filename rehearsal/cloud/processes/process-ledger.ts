import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTimeOf } from "./process-identity";

const SEPARATOR = "@";

/**
 * The process groups that this cloud runs, one file each, so that the next cloud can end what a killed one left behind. A group's id is the id of
 * its first process. All is in the file's name, its pid and start time: a file that is there is whole, whenever its writer was killed.
 */
export class ProcessLedger {
  readonly #directory: string;
  /** Paths, by pid. */
  readonly #running = new Map<number, string>();

  /** @param directory of this cloud alone; made if missing */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Kills the groups of an earlier cloud that are still the ones it started. Returns how many. */
  endLeftovers(): number {
    let ended = 0;
    for (const name of readdirSync(this.#directory)) {
      const [pid, startTime] = name.split(SEPARATOR);
      if (startTime === undefined) continue;
      if (startTimeOf(Number(pid)) === startTime) {
        signalGroup(Number(pid), "SIGKILL");
        ended += 1;
      }
      rmSync(join(this.#directory, name));
    }
    return ended;
  }

  add(pid: number): void {
    const startTime = startTimeOf(pid);
    // It has ended already.
    if (startTime === undefined) return;
    const path = join(this.#directory, `${pid}${SEPARATOR}${startTime}`);
    this.#running.set(pid, path);
    writeFileSync(path, "");
  }

  remove(pid: number): void {
    const path = this.#running.get(pid);
    this.#running.delete(pid);
    if (path !== undefined) rmSync(path, { force: true });
  }

  /** At once and without waiting, so that it can be called while this process exits. */
  killAll(): void {
    for (const pid of [...this.#running.keys()]) {
      signalGroup(pid, "SIGKILL");
      this.remove(pid);
    }
  }
}

/** A group that is gone already is no fault. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
