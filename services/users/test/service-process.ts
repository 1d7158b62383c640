import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

/** Runs a TypeScript file of this service with only the given environment. */
export function runFile(file: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ["-r", "ts-node/register", file], {
    cwd: join(__dirname, ".."),
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Waits for the end of a process. */
export async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "close")]);
  return { code, stdout, stderr };
}

export interface Service {
  child: ChildProcess;
  port: number;
  /** Every line of stdout so far, parsed. */
  events: Record<string, unknown>[];
}

/** Starts the service on a free port and waits until it listens. Rejects with its stderr if it ends instead. */
export async function startService(env: Record<string, string> = {}): Promise<Service> {
  const child = runFile("main.ts", { PORT: "0", HOST: "127.0.0.1", RELEASE: "r1", STORE: "memory", ...env });
  const events: Record<string, unknown>[] = [];
  const lines = createInterface(child.stdout!);
  lines.on("line", (line) => events.push(JSON.parse(line)));
  const stderr = text(child.stderr!);
  await Promise.race([once(lines, "line"), once(child, "exit")]);
  if (events.length === 0) throw new Error(`the service ended before it listened: ${await stderr}`);
  return { child, port: events[0]?.port as number, events };
}
