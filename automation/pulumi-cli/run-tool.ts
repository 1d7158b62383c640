import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** How often a tool that runs long is reported to be still at it. */
const HEARTBEAT_MS = 15_000;

/** Enough of the end of stderr to find the reason in it. */
const STDERR_TAIL_CHARACTERS = 10_000;

const STDERR_LIMIT_MS = 500;

export interface RunToolOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** After this long it is killed. */
  limitMs: number;
  signal?: AbortSignal | undefined;
  /**
   * Run it as leader of its own process group and kill the whole group. Its stdin ends when this process does, by
   * whatever cause: it should end itself then, as a terminal's Ctrl-C does not reach it.
   */
  ownGroup?: boolean;
  /** Called with the seconds so far. */
  onHeartbeat?: (seconds: number) => void;
  heartbeatMs?: number;
}

/** Runs a command to its end. Rejects with an Error that has `stderr` and a message of one line, or with the signal's reason. */
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
    // Once it has ended its id may belong to another process.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(ownGroup ? -child.pid : child.pid, "SIGKILL");
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
    // The end of stderr may still be on its way; a process that the tool left behind may hold it open for ever.
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
