import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Fields of /proc/<pid>/stat after the command's closing bracket: state, and clock ticks from boot to the process's
 * start (proc(5), 3 and 22).
 */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

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

/**
 * True only if a process is known to have ended: it ran on this machine, and its pid is free or belongs to another
 * process by now. Machines are told apart by their host names.
 * @param isSame whether the process that has the pid now is still the one that is meant
 */
export function hasProvablyEnded(
  { host, pid }: { host: string; pid: number },
  isSame: (entry: ProcessEntry) => boolean,
): boolean {
  if (host !== hostname()) return false;
  const entry = processEntry(pid);
  return entry === undefined ? !isAlive(pid) : entry.hasEnded || !isSame(entry);
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
