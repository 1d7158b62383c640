import { readFileSync } from "node:fs";

/** Fields of /proc/<pid>/stat after the command's closing bracket: state, and clock ticks from boot to the process's start (proc(5), 3 and 22). */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

export interface ProcessEntry {
  /** A zombie has ended; only its parent has not asked yet. */
  hasEnded: boolean;
  /** Clock ticks from boot. */
  startTicks: string;
  command: string;
}

/** What Linux's process table has of a process; undefined where there is no such process, or no such table. */
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

/** By the system's own answer, which all systems give; a zombie is alive to it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
