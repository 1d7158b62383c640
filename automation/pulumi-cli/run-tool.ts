import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { killGroup } from "../core/process/kill-group";

/** Interval at which a long run is reported. */
const HEARTBEAT_MS = 15_000;

/** Length of the end of stderr that is kept, to find the cause in it. */
const STDERR_TAIL_CHARACTERS = 10_000;

/** Limit of the wait for the end of stderr after the tool's exit. */
const STDERR_LIMIT_MS = 500;

export interface RunToolOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** The tool is killed after this time. */
  limitMs: number;
  signal?: AbortSignal | undefined;
  /**
   * Runs the tool in a process group of its own and kills the whole group. A terminal's Ctrl-C does not reach the
   * group, so the tool should end when its stdin ends: this happens when this process ends, whatever the cause.
   */
  ownGroup?: boolean;
  /** Called with the seconds since the start. */
  onHeartbeat?: (seconds: number) => void;
  heartbeatMs?: number;
}

/**
 * Runs a command until it ends.
 * @throws Error with a message of one line, and with `stderr` if the tool failed; the signal's reason if aborted
 */
export async function runTool(command: readonly string[], options: RunToolOptions): Promise<void> {
  const { cwd, env, limitMs, signal, ownGroup = false, onHeartbeat, heartbeatMs = HEARTBEAT_MS } = options;
  signal?.throwIfAborted();
  const [file = "", ...args] = command;
  const startedAt = Date.now();
  const child = spawn(file, args, { cwd, env, detached: ownGroup, stdio: ["pipe", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARACTERS);
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  let timedOut = false;
  const kill = () => {
    // After its end the id may belong to another process.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      if (ownGroup) killGroup(child.pid, "SIGKILL");
      else process.kill(child.pid, "SIGKILL");
    }
  };
  const limit = setTimeout(() => {
    timedOut = true;
    kill();
  }, limitMs);
  const heartbeat = setInterval(() => onHeartbeat?.(Math.round((Date.now() - startedAt) / 1000)), heartbeatMs);
  signal?.addEventListener("abort", kill);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    child.stdin.destroy();
    // The rest of stderr may still arrive. A process that the tool started may keep it open for ever.
    await Promise.race([closed, sleep(STDERR_LIMIT_MS, undefined, { ref: false })]);
    signal?.throwIfAborted();
    if (timedOut) throw new Error(`it did not end within ${limitMs / 1000} s`);
    if (code !== 0) throw Object.assign(new Error(`it ended with exit code ${code}`), { stderr });
  } finally {
    clearTimeout(limit);
    clearInterval(heartbeat);
    signal?.removeEventListener("abort", kill);
    child.stdin.destroy();
    child.stderr.destroy();
  }
}
