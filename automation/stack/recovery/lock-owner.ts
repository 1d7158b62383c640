import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isAlive, type ProcessEntry, processEntry } from "../../core/process/process-table";
import type { Lock } from "./lock";

/** Of the kernel's clock as programs see it, on every architecture that Node runs on (proc(5), sysconf(3)). Milliseconds. */
const TICK_MS = 10;
/** A process starts before it takes a lock; the time of day may have been put right in between, and both times are rounded. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * True only if the lock's process is known to have ended: it was on this machine, and its pid is free, a zombie's, or that of a process that started
 * after the lock was taken and is not the CLI. Machines are told apart by their names, as the lock has nothing else.
 */
export function isProvablyDead({ host, pid, sinceMs }: Lock): boolean {
  if (host !== hostname()) return false;
  const owner = processEntry(pid);
  if (owner === undefined) return !isAlive(pid);
  if (owner.hasEnded) return true;
  return startOf(owner) > sinceMs + CLOCK_TOLERANCE_MS && !/pulumi/.test(owner.command);
}

/** Unix milliseconds. */
function startOf({ startTicks }: ProcessEntry): number {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
  return bootSeconds * 1000 + Number(startTicks) * TICK_MS;
}
