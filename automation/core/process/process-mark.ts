import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { isAlive, processEntry } from "./process-table";

/**
 * Returns `<boot>/<pid namespace>/<start in ticks>`, which differs from the mark of a later process with the same pid,
 * of one in another container and of one before the last boot. Undefined if there is no such process, or where the
 * system does not tell (all but Linux).
 */
export function processMark(pid: number): string | undefined {
  const entry = processEntry(pid);
  return entry === undefined || entry.hasEnded ? undefined : `${pidNamespace()}/${entry.startTicks}`;
}

/**
 * True only if the holder's process is known to have ended: it ran on this machine, and its pid is free or belongs to
 * another process. Nothing is known about a process without a mark, of another container or of an earlier boot, because
 * another machine may have the same name: such a lease has to expire.
 */
export function holderHasEnded({
  holder,
  process: mark,
}: {
  holder: { host: string; pid: number };
  process?: string | undefined;
}): boolean {
  if (mark === undefined) return false;
  const end = mark.lastIndexOf("/");
  if (mark.slice(0, end) !== pidNamespace()) return false;
  return holder.host === hostname() && pidIsAnothers(holder.pid, mark.slice(end + 1));
}

/**
 * True only if a process that this machine started has ended: it is of an earlier boot, or its pid is free or belongs to another
 * process. Nothing is known about one of another container.
 * @param mark what `processMark` returned when it had started
 */
export function startedProcessHasEnded({ pid, mark }: { pid: number; mark?: string | undefined }): boolean {
  if (mark === undefined) return !isAlive(pid);
  const [boot, container, startTicks] = mark.split("/");
  const [bootNow, containerNow] = pidNamespace()?.split("/") ?? [];
  if (bootNow === undefined) return false;
  if (boot !== bootNow) return true;
  return container === containerNow && pidIsAnothers(pid, startTicks!);
}

/** True for a free pid as well. */
function pidIsAnothers(pid: number, startTicks: string): boolean {
  const entry = processEntry(pid);
  return entry === undefined ? !isAlive(pid) : entry.hasEnded || entry.startTicks !== startTicks;
}

/** Returns what a pid is unique in: this boot of the machine and this container. */
function pidNamespace(): string | undefined {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined;
  }
}
