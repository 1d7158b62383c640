import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { processEntry } from "../../../automation/core/process/process-table";

/**
 * Returns the start time of a process, which distinguishes it from a later process with the same id. Undefined if
 * there is no such process.
 */
export function startTimeOf(pid: number): string | undefined {
  if (existsSync("/proc/self/stat")) {
    const entry = processEntry(pid);
    return entry?.hasEnded ? undefined : entry?.startTicks;
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
