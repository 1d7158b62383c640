import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** Field of /proc/<pid>/stat after the command's closing bracket: clock ticks from boot to the process's start (proc(5), field 22). */
const START_TIME_FIELD = 19;

/**
 * What tells this process from a later one with the same id: the time when it started. Undefined if there is no such process.
 */
export function startTimeOf(pid: number): string | undefined {
  try {
    if (existsSync("/proc/self/stat")) {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // A zombie has ended; only its parent has not asked yet.
      return fields[0] === "Z" ? undefined : fields[START_TIME_FIELD];
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
