import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTimeOf } from "./process-identity";

const SEPARATOR = "@";

/** Where a cloud has its ledgers, in its directory. */
export const LEDGERS = { tasks: "processes", databases: join("databases", "processes") };

/**
 * The process groups that this cloud runs, one file each, so that the next cloud can end the groups that a killed
 * cloud left behind. A group's id is the id of its first process. The file's name holds everything, process id and
 * start time: a file that exists is complete, whenever its writer was killed.
 */
export class ProcessLedger {
  readonly #directory: string;
  /** Paths, by pid. */
  readonly #running = new Map<number, string>();
  /** Whether it has killed all: what ends from then on ends with this cloud. */
  hasKilledAll = false;

  /** @param directory of this cloud alone; created if it is missing */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Kills the groups of an earlier cloud, except where a later process has the id. Returns their number. */
  endOrphans(): number {
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
    // The process has ended already.
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

  /** Kills every group without waiting, so that it can run while this process exits. */
  killAll(): void {
    this.hasKilledAll = true;
    for (const pid of [...this.#running.keys()]) {
      signalGroup(pid, "SIGKILL");
      this.remove(pid);
    }
  }
}

/** Ends the tasks and the database servers of a cloud that was killed. */
export function endOrphansOf(cloudDirectory: string): void {
  for (const ledger of Object.values(LEDGERS)) new ProcessLedger(join(cloudDirectory, ledger)).endOrphans();
}

/** Sends a signal to a process group. Does nothing if the group has ended. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // macOS says EPERM of a group whose processes have all ended, until their parents have heard of it.
  send(-pid, signal, ["ESRCH", "EPERM"]);
}

/** Sends a signal to a process. Does nothing if it has ended. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  send(pid, signal, ["ESRCH"]);
}

function send(target: number, signal: NodeJS.Signals, ended: readonly string[]): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    if (!ended.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
