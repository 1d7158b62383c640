import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import type { DeployEvent } from "../../automation/ports/events";

export interface CommandEnd {
  /** Null when it was killed. */
  exitCode: number | null;
  events: DeployEvent[];
  errors: string;
  seconds: number;
}

/** The engine runs for seconds, and is looked for as often as the machine can bear. */
const LOOK_AGAIN_MS = 20;

export type Target = "script" | "pulumi";

export interface RunHooks {
  /** An engine that does not run then is killed as soon as one does. */
  kill?: { target: Target; afterMs: number };
  /** Told of each event as it comes. */
  onEvent?(event: DeployEvent): void;
}

/** One of the commands in a process of its own, as a person starts it. */
export async function runCommand(
  environment: Record<string, string>,
  args: readonly string[],
  { kill, onEvent }: RunHooks = {},
): Promise<CommandEnd & { killed: boolean }> {
  const startedMs = Date.now();
  const child = execa(process.execPath, ["-r", "ts-node/register", "automation/cli.ts", ...args, "--json"], {
    cwd: PROJECT_DIRECTORY,
    env: environment,
    stdin: "ignore",
    reject: false,
  });
  if (onEvent)
    createInterface({ input: child.stdout }).on("line", (line) => {
      for (const event of eventsIn(line)) onEvent(event);
    });
  const killing = kill ? killLater(child, environment, kill) : Promise.resolve(false);
  const { stdout, stderr, exitCode } = await child;
  return {
    exitCode: exitCode ?? null,
    events: eventsIn(stdout),
    errors: stderr,
    seconds: (Date.now() - startedMs) / 1000,
    killed: await killing,
  };
}

async function killLater(
  child: { pid?: number; exitCode: number | null; signalCode: NodeJS.Signals | null },
  environment: Record<string, string>,
  { target, afterMs }: { target: Target; afterMs: number },
): Promise<boolean> {
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  for (await delay(afterMs); !hasEnded(); await delay(LOOK_AGAIN_MS)) {
    const pids = target === "script" ? [child.pid!] : await enginesOf(environment.PULUMI_BACKEND_URL!);
    for (const pid of pids) endAtOnce(pid);
    if (pids.length > 0) return true;
  }
  return false;
}

/** The CLI's processes that work on this backend; by the system's process table, because they outlive the script that started them. */
export async function enginesOf(backendUrl: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const engines = await Promise.all(
    pids.map(async (pid) => {
      try {
        if (basename(await readlink(`/proc/${pid}/exe`)) !== "pulumi") return [];
        const environment = await readFile(`/proc/${pid}/environ`, "utf8");
        return environment.includes(`PULUMI_BACKEND_URL=${backendUrl}\0`) ? [Number(pid)] : [];
      } catch {
        return []; // It has ended meanwhile.
      }
    }),
  );
  return engines.flat();
}

function endAtOnce(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/** A killed process may have torn its last line. */
function eventsIn(stdout: string): DeployEvent[] {
  return stdout.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as DeployEvent];
    } catch {
      return [];
    }
  });
}
