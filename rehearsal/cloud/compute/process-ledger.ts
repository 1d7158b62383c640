import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTimeOf } from "./process-identity";

interface Entry {
  pid: number;
  startTime: string;
}

/**
 * The process groups that this cloud runs, one file each, so that the next cloud can end what a killed one left behind. A group's id is the id of
 * its first process.
 */
export class ProcessLedger {
  readonly #directory: string;
  readonly #running = new Set<number>();

  /** @param directory of this cloud alone; made if missing */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Kills the groups of an earlier cloud that are still the ones it started. Returns how many. */
  endLeftovers(): number {
    const leftovers = readdirSync(this.#directory).filter((name) => name.endsWith(".json"));
    let ended = 0;
    for (const name of leftovers) {
      const path = join(this.#directory, name);
      const entry = JSON.parse(readFileSync(path, "utf8")) as Entry;
      if (startTimeOf(entry.pid) === entry.startTime) {
        signalGroup(entry.pid, "SIGKILL");
        ended += 1;
      }
      rmSync(path, { force: true });
    }
    return ended;
  }

  add(pid: number): void {
    this.#running.add(pid);
    const startTime = startTimeOf(pid);
    if (startTime) writeFileSync(this.#path(pid), JSON.stringify({ pid, startTime } satisfies Entry));
  }

  remove(pid: number): void {
    this.#running.delete(pid);
    rmSync(this.#path(pid), { force: true });
  }

  /** At once and without waiting, so that it can be called while this process exits. */
  killAll(): void {
    for (const pid of [...this.#running]) {
      signalGroup(pid, "SIGKILL");
      this.remove(pid);
    }
  }

  #path(pid: number): string {
    return join(this.#directory, `${pid}.json`);
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
