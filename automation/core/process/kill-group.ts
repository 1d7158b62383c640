import { spawnSync } from "node:child_process";

/**
 * Ends a process that leads a group (`detached`), with all that it has started. Windows has neither groups nor signals: there
 * the process tree ends at once, whichever signal is named.
 * @throws Error if there is no such process
 */
export function killGroup(
  pid: number,
  signal: "SIGTERM" | "SIGKILL",
  { platform = process.platform, kill = process.kill.bind(process), run = spawnSync as Run } = {},
): void {
  if (platform !== "win32") {
    kill(-pid, signal);
    return;
  }
  const { status } = run("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" });
  if (status !== 0) throw new Error(`no process ${pid}`);
}

type Run = (file: string, args: readonly string[], options: { stdio: "ignore" }) => { status: number | null };
