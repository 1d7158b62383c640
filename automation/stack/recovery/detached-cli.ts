import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { keepPriority } from "../../core/process/session-priority";
import { withoutLog } from "../home-without-log";
import { refusalOf } from "./lock";
import { forgetEngine, rememberEngine } from "./started-engines";

/** The commands of the CLI that change resources. */
const OPERATIONS = new Set(["up", "refresh", "destroy"]);

/**
 * Makes the engine collect garbage later than Go's default, which took a tenth of the time of a large stack's `up`, but
 * no later than at a size that every CI machine has. An engine lives only for seconds. Its providers inherit the
 * settings. Measured with 50 services: 610 MiB instead of 323 (docs/benchmarks.md).
 */
const GARBAGE_COLLECTION = { GOGC: "400", GOMEMLIMIT: "1GiB" };

type Run = (
  args: string[],
  cwd: string,
  environment: Record<string, string>,
  onOutput?: (text: string) => void,
  onError?: (text: string) => void,
  signal?: AbortSignal,
) => Promise<{ stdout: string; stderr: string; code: number }>;

/** The CLI failed; the message is the first line that it printed. */
class EngineFailed extends Error {
  override name = "EngineFailed";
}

/**
 * Returns a CLI whose operations may outlive this process.
 *
 * As the SDK starts it, the CLI dies with this process: its output is a pipe to this process, so the first line after
 * our death ends it by SIGPIPE in the middle of an operation. And a Ctrl-C in the terminal reaches it twice, once from
 * the terminal and once from the SDK, which it takes for an order to end at once. Here it has a session of its own and
 * writes to files. When this process ends, the CLI loses its program: it reports that as an error, starts nothing new,
 * lets running operations come to their end, writes the state and gives its lock back.
 */
export function detachedCli(pulumi: PulumiCommand): PulumiCommand {
  const own = pulumi as unknown as { run: Run };
  const run: Run = (args, cwd, environment, onOutput, onError, signal) =>
    OPERATIONS.has(args[0]!)
      ? operate(pulumi.command, args, cwd, environment, signal)
      : own.run(args, cwd, environment, onOutput, onError, signal);
  return Object.assign(Object.create(pulumi) as PulumiCommand, { run });
}

async function operate(
  command: string,
  args: string[],
  cwd: string,
  environment: Record<string, string>,
  signal: AbortSignal | undefined,
): ReturnType<Run> {
  signal?.throwIfAborted();
  const stdout = new HiddenFile(join(cwd, "stdout"));
  const stderr = new HiddenFile(join(cwd, "stderr"));
  try {
    const all: NodeJS.ProcessEnv = { ...GARBAGE_COLLECTION, ...process.env, ...environment };
    const path = all.PATH ?? "";
    const child = spawn(command, [...args, "--non-interactive"], {
      cwd,
      env: {
        ...all,
        ...withoutLog(cwd, all),
        // The CLI comes with plugins in the same folder.
        PATH: isAbsolute(command) ? `${dirname(command)}${delimiter}${path}` : path,
        PULUMI_AUTOMATION_API: "true",
      },
      stdio: ["ignore", stdout.descriptor, stderr.descriptor],
      detached: true,
    });
    keepPriority(child.pid);
    if (child.pid !== undefined) rememberEngine(child.pid);
    const { code, by } = await ended(child, signal);
    if (code === 0) forgetEngine(child.pid!);
    if (code === 0) return { stdout: stdout.text(), stderr: stderr.text(), code };
    const errors = stderr.text();
    throw refusalOf(errors) ?? new EngineFailed(firstLine(errors) ?? `pulumi ended with ${by ?? `exit code ${code}`}`);
  } finally {
    stdout.close();
    stderr.close();
  }
}

/** Waits for the end. An abort sends one SIGINT: a second one would make the CLI abandon running operations. */
async function ended(
  child: ChildProcess,
  signal: AbortSignal | undefined,
): Promise<{ code: number | null; by: string | null }> {
  const interrupt = () => child.kill("SIGINT");
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const [code, by] = (await once(child, "exit")) as [number | null, string | null];
    return { code, by };
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}

function firstLine(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.replace(/^error: /, "").trim())
    .find((line) => line !== "");
}

/** A file without a name from the start, so that nothing has to delete it. */
class HiddenFile {
  readonly descriptor: number;

  constructor(path: string) {
    this.descriptor = openSync(path, "w+");
    unlinkSync(path);
  }

  text(): string {
    // The CLI has moved the position, which both processes share: read from the start.
    const bytes = Buffer.alloc(fstatSync(this.descriptor).size);
    readSync(this.descriptor, bytes, 0, bytes.length, 0);
    return bytes.toString();
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
