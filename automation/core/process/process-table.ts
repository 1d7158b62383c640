import { readFileSync } from "node:fs";

/**
 * Fields of /proc/<pid>/stat after the command's closing bracket: state, and clock ticks from boot to the process's
 * start (proc(5), 3 and 22).
 */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

/**
 * Length of a tick of the kernel's clock as programs see it, on every architecture that Node runs on (proc(5),
 * sysconf(3)). Milliseconds.
 */
const TICK_MS = 10;

export interface ProcessEntry {
  /** True for a zombie, too: it has ended, but its parent has not asked yet how. */
  hasEnded: boolean;
  /** Clock ticks from boot. */
  startTicks: string;
  command: string;
}

/** Returns what Linux's process table says about a process; undefined if there is no such process, or no such table. */
export function processEntry(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = stat.lastIndexOf(")");
    const fields = stat.slice(end + 2).split(" ");
    return {
      hasEnded: fields[STATE_FIELD] === "Z" || fields[STATE_FIELD] === "X",
      startTicks: fields[START_TIME_FIELD]!,
      command: stat.slice(stat.indexOf("(") + 1, end),
    };
  } catch {
    return undefined;
  }
}

/** Returns when a process started, to a second. Unix milliseconds. */
export function startedMs({ startTicks }: ProcessEntry): number {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
  return bootSeconds * 1000 + Number(startTicks) * TICK_MS;
}

/** Asks the operating system, which every one of them answers; a zombie counts as alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
