import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Lock } from "./lock";

/** Of the kernel's clock as programs see it, on every architecture that Node runs on (proc(5), sysconf(3)). Milliseconds. */
const TICK_MS = 10;
/** Fields of /proc/<pid>/stat after the command's closing bracket (proc(5)). */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;
/** A process starts before it takes a lock; the time of day may have been put right in between, and both times are rounded. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * True only if the lock's process is known to have ended: it was on this machine, and its pid is free, a zombie's, or that of a process that started
 * after the lock was taken and is not the CLI. Machines are told apart by their names, as the lock has nothing else.
 */
export function isProvablyDead({ host, pid, sinceMs }: Lock): boolean {
  if (host !== hostname()) return false;
  const owner = processOf(pid);
  if (owner === undefined) return !isThere(pid);
  if (owner.isZombie) return true;
  return owner.startedAtMs > sinceMs + CLOCK_TOLERANCE_MS && !/pulumi/.test(owner.command);
}

/** Undefined where there is no such process, or where the system does not say (all but Linux). */
function processOf(pid: number): { isZombie: boolean; startedAtMs: number; command: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = stat.lastIndexOf(")");
    const fields = stat.slice(end + 2).split(" ");
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    return {
      isZombie: fields[STATE_FIELD] === "Z" || fields[STATE_FIELD] === "X",
      startedAtMs: bootSeconds * 1000 + Number(fields[START_TIME_FIELD]) * TICK_MS,
      command: stat.slice(stat.indexOf("(") + 1, end),
    };
  } catch {
    return undefined;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
