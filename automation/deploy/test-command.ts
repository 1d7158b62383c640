import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { killGroup } from "../core/process/kill-group";
import { keepPriority } from "../core/process/session-priority";

/** A test that hangs must not hold the deploy for ever. A quarter of an hour is far beyond a smoke test. */
const LIMIT_MINUTES = 15;
/** Enough of a failing test's output to see the cause. */
const TAIL_LINES = 20;
/** Time that a stopped test gets to clean up after itself. */
const STOP_MS = 5_000;

interface TestCommandOptions {
  directory: string;
  /** On top of this process's own; a variable that is undefined is removed from it. */
  environment: Record<string, string | undefined>;
  /** Is replaced in the output. */
  secret: string | undefined;
  /** Stops the command. */
  signal: AbortSignal;
  /** Gets each line that is not empty, of both outputs. */
  onLine: (line: string) => void;
}

interface Exit {
  /** Null if a signal ended the process. */
  code: number | null;
  killedBy: NodeJS.Signals | null;
}

interface TestEnd {
  /** How it failed, such as `ended with exit code 1`; null if it did not. */
  failure: string | null;
  /** The last lines of both outputs. */
  tail: string[];
}

/**
 * Runs a shell command to its end, or until it is stopped. What it has started ends with it: a server that it has left in the
 * background would keep its outputs open, and the deploy waiting.
 */
export async function runTestCommand(
  command: string,
  { directory, environment, secret, signal, onLine }: TestCommandOptions,
): Promise<TestEnd> {
  // A rollback runs no test, and has no time to load what runs one.
  const { execa } = require("execa") as typeof import("execa");
  const child = execa(command, {
    shell: true,
    cwd: directory,
    env: environment,
    stdin: "ignore",
    all: true,
    buffer: false,
    reject: false,
    // A process group of its own, so that what the shell started ends with it.
    detached: true,
  });
  keepPriority(child.pid);
  const tail: string[] = [];
  const lines = createInterface({ input: child.all }).on("line", (output) => {
    const line = secret ? output.replaceAll(secret, "[secret]") : output;
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    if (line.trim() !== "") onLine(line.trim());
  });
  const read = once(lines, "close");
  const limit = AbortSignal.timeout(LIMIT_MINUTES * 60_000);
  const stopped = AbortSignal.any([signal, limit]);
  const stop = () => void endGroup(child.pid);
  stopped.addEventListener("abort", stop, { once: true });
  if (stopped.aborted) stop();
  const exited = new Promise<Exit>((resolve) => child.once("exit", (code, killedBy) => resolve({ code, killedBy })));
  // A command that cannot start has no exit, and nothing that keeps its outputs open.
  const ended = await Promise.race([exited, child]);
  const isOverLimit = limit.aborted;
  stopped.removeEventListener("abort", stop);
  if (!("code" in ended && "killedBy" in ended)) return { failure: `could not start (${ended.shortMessage})`, tail };
  const { code, killedBy } = ended;
  stop();
  // What has left the group, such as a daemon, may keep the outputs open for ever.
  await Promise.race([read, delay(STOP_MS, undefined, { ref: false })]);
  for (const output of [child.stdout, child.stderr, child.all]) output.destroy();
  if (code === 0) return { failure: null, tail };
  if (isOverLimit) return { failure: `was stopped after ${LIMIT_MINUTES} minutes`, tail };
  return { failure: killedBy === null ? `ended with exit code ${code}` : `was killed by ${killedBy}`, tail };
}

async function endGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  try {
    killGroup(pid, "SIGTERM");
    await delay(STOP_MS, undefined, { ref: false });
    killGroup(pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}
