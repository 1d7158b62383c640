import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Fields of /proc/<pid>/stat after the command's closing bracket (proc(5), fields 5 and 14 to 17). */
const GROUP_FIELD = 2;
const TIME_FIELDS = [11, 12, 13, 14];
/** Clock ticks in a second, as Linux shows them to programs (USER_HZ). */
const TICKS = 100;

/**
 * Returns the CPU seconds, user and system, that each process group of this machine has used so far, by the group's
 * id. On Linux they include children that have ended and were waited for; elsewhere `ps` knows only living processes.
 */
export function processTimes(): Map<number, number> {
  return existsSync("/proc/self/stat") ? fromProc() : parsePs(runPs());
}

function fromProc(): Map<number, number> {
  const seconds = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (stat === undefined) continue;
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = TIME_FIELDS.reduce((sum, field) => sum + Number(fields[field]), 0);
    add(seconds, Number(fields[GROUP_FIELD]), ticks / TICKS);
  }
  return seconds;
}

/** Returns undefined for a process that has ended meanwhile. */
function statOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
}

function runPs(): string {
  return execFileSync("ps", ["-A", "-o", "pgid=,time="], { encoding: "utf8" });
}

/** Reads lines such as `  501   0:01.25`, `7 01:02:03` or `7 2-01:02:03`. */
export function parsePs(output: string): Map<number, number> {
  const seconds = new Map<number, number>();
  for (const line of output.split("\n")) {
    const [, group, days = "0", clock] = /^\s*(\d+)\s+(?:(\d+)-)?([\d:.]+)\s*$/.exec(line) ?? [];
    if (group === undefined || clock === undefined) continue;
    const time = clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    add(seconds, Number(group), Number(days) * 86_400 + time);
  }
  return seconds;
}

function add(seconds: Map<number, number>, group: number, more: number): void {
  seconds.set(group, (seconds.get(group) ?? 0) + more);
}
