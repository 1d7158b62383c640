import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { ImageManifest } from "../../../rehearsal/images/build-image";

export interface RunningImage {
  child: ChildProcess;
  /** Lines of stdout so far. */
  lines: string[];
  /** Waits for the next line. Rejects with stderr if the process ends instead. */
  nextLine(): Promise<string>;
}

/**
 * Runs an image as the rehearsal cloud does: with PATH and the task's environment, nothing else, in a process group of
 * its own.
 */
export function runImage({ config }: ImageManifest, environment: Record<string, string>): RunningImage {
  const baked = Object.fromEntries(config.Env.map((pair) => pair.split("=", 2) as [string, string]));
  const [program = "", ...parameters] = config.Cmd;
  const child = spawn(program, parameters, {
    cwd: config.WorkingDir,
    env: { PATH: process.env.PATH, ...baked, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const lines: string[] = [];
  const reader = createInterface(child.stdout!).on("line", (line) => lines.push(line));
  const stderr = text(child.stderr!);
  let read = 0;
  const nextLine = async () => {
    if (lines.length === read) await Promise.race([once(reader, "line"), once(reader, "close")]);
    const line = lines[read];
    if (line === undefined) throw new Error(`it ended: ${await stderr}`);
    read += 1;
    return line;
  };
  return { child, lines, nextLine };
}

/** Ends it as ECS does: SIGTERM to the group. Resolves to code and signal. */
export async function stopImage({ child }: RunningImage): Promise<unknown[]> {
  const ended = once(child, "close");
  process.kill(-child.pid!, "SIGTERM");
  return ended;
}
