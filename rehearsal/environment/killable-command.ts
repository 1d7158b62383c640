import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { runModule } from "../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import type { DeployEvent } from "../../automation/ports/events";

/** A command that is stopped leaves its engine in order, and removes its temporary files. */
export const STOP_LIMIT_MS = 10_000;

export interface CommandEnd {
  /** Null when it was killed. */
  exitCode: number | null;
  events: DeployEvent[];
  errors: string;
  seconds: number;
  /** Whether `kill` took effect: false if the command ended before that. */
  killed: boolean;
}

/** An engine runs for seconds; looking this often costs little. */
const POLL_INTERVAL_MS = 20;

/** The machine takes both with it, so that nobody is left who saw how far an update came. */
export type KillTarget = "script" | "pulumi" | "machine";

export interface RunHooks {
  /** Kills the script, Pulumi's engine or both after so many milliseconds; if only an engine is meant and none runs then, the next one. */
  kill?: { target: KillTarget; afterMs: number };
  /** Gets each event as it comes. */
  onEvent?(event: DeployEvent): void;
}

export type CommandProcess = ReturnType<typeof startCommand>;

/**
 * Starts a command of `automation/cli.ts` in a process of its own, as a person starts it. The process does not reject
 * when it fails.
 * @param variables environment variables that lead the process to the cloud
 */
export function startCommand(variables: Record<string, string>, args: readonly string[], signal: AbortSignal) {
  const child = execa(process.execPath, runModule("automation/cli", ...args), {
    cwd: PROJECT_DIRECTORY,
    env: variables,
    stdin: "ignore",
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: STOP_LIMIT_MS,
  });
  skipTheWayBack(child, signal);
  return child;
}

/**
 * Gives a command a second stop signal with the first one, which is its `cancelSignal`: it would take itself back before it ends,
 * in a cloud that ends, too.
 */
export function skipTheWayBack(child: Pick<ReturnType<typeof execa>, "kill" | "finally">, signal: AbortSignal): void {
  // Another kind of signal is no echo of the first.
  const stop = () => child.kill("SIGINT");
  signal.addEventListener("abort", stop, { once: true });
  void child.finally(() => signal.removeEventListener("abort", stop));
}

/**
 * Waits for the end of a command that was started with `--json`.
 * @param backendUrl Pulumi's backend that the command works on
 */
export async function endOf(
  child: CommandProcess,
  backendUrl: string,
  { kill, onEvent }: RunHooks = {},
): Promise<CommandEnd> {
  const startedMs = Date.now();
  if (onEvent)
    createInterface({ input: child.stdout }).on("line", (line) => {
      for (const event of eventsIn(line)) onEvent(event);
    });
  const killing = kill ? killLater(child, kill, () => enginesOf(backendUrl)) : Promise.resolve(false);
  const { stdout, stderr, exitCode } = await child;
  return {
    exitCode: exitCode ?? null,
    events: eventsIn(stdout),
    errors: stderr,
    seconds: (Date.now() - startedMs) / 1000,
    killed: await killing,
  };
}

/**
 * Kills a command, its engines or both after so many milliseconds.
 * @param findEngines returns their pids
 * @returns whether it did: false if the command ended before that
 */
export async function killLater(
  child: { pid?: number; exitCode: number | null; signalCode: NodeJS.Signals | null },
  { target, afterMs }: { target: KillTarget; afterMs: number },
  findEngines: () => Promise<number[]>,
): Promise<boolean> {
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  for (await delay(afterMs); !hasEnded(); await delay(POLL_INTERVAL_MS)) {
    const engines = target === "script" ? [] : await findEngines();
    // It may have ended while the engines were looked for.
    if (hasEnded()) return false;
    const pids = target === "pulumi" ? engines : [...engines, child.pid!];
    for (const pid of pids) killAtOnce(pid);
    if (pids.length > 0) return true;
  }
  return false;
}

/** A process that works on a Pulumi backend. */
interface BackendProcess {
  pid: number;
  /** Name of its executable, such as `pulumi` or `node`. */
  executable: string;
  arguments: string[];
}

/**
 * The processes of these executables that were started to work on a backend, by the system's process table. Empty on a system
 * without /proc.
 */
export async function processesOn(backendUrl: string, executables: readonly string[]): Promise<BackendProcess[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const executable = basename(await readlink(`/proc/${pid}/exe`));
        if (!executables.includes(executable)) return [];
        const environment = await readFile(`/proc/${pid}/environ`, "utf8");
        if (!environment.includes(`PULUMI_BACKEND_URL=${backendUrl}\0`)) return [];
        const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8");
        return [{ pid: Number(pid), executable, arguments: commandLine.split("\0") }];
      } catch {
        return []; // The process has ended meanwhile.
      }
    }),
  );
  return found.flat();
}

/** Pids of the Pulumi CLIs that work on a backend: an engine outlives the script that started it. */
export async function enginesOf(backendUrl: string): Promise<number[]> {
  return (await processesOn(backendUrl, ["pulumi"])).map(({ pid }) => pid);
}

export function killAtOnce(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // The process has ended meanwhile.
  }
}

/** A process that was killed may have written only a part of its last line. */
function eventsIn(stdout: string): DeployEvent[] {
  return stdout.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as DeployEvent];
    } catch {
      return [];
    }
  });
}
