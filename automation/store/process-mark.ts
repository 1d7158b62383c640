import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { isAlive, processEntry } from "../core/process/process-table";
import type { LeaseRecord } from "../ports/store";

/**
 * `<boot>/<pid namespace>/<start in ticks>`: tells a process from a later one with the same pid, from one of another container and from one before
 * the last boot. Undefined if there is no such process, or where the system does not say (all but Linux).
 */
export function processMark(pid: number): string | undefined {
  const start = startOf(pid);
  return start === undefined ? undefined : `${worldOfPids()}/${start}`;
}

/**
 * True only if the holder's process is known to have ended: it was on this machine, and its pid is free or has gone to another process. Of another
 * container or an earlier boot nothing is known, as another machine may have the same name: such a lease has to expire.
 */
export function isProvablyDead({ holder, process: mark }: LeaseRecord): boolean {
  if (holder.host !== hostname()) return false;
  if (mark === undefined) return !isAlive(holder.pid);
  const end = mark.lastIndexOf("/");
  return mark.slice(0, end) === worldOfPids() && startOf(holder.pid) !== mark.slice(end + 1);
}

function startOf(pid: number): string | undefined {
  const entry = processEntry(pid);
  return entry?.hasEnded ? undefined : entry?.startTicks;
}

/** Within which a pid means one process: this boot of the machine, and this container. */
function worldOfPids(): string | undefined {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined;
  }
}
