import { fork } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ServerRoute } from "../../../kernel/ports";

const RUNTIME = join(__dirname, "../runtime.cjs");

export interface InvocationRequest {
  /** With the function's code. */
  directory: string;
  /** Such as `index.handler`. */
  handler: string;
  payload: string;
  environment: Readonly<Record<string, string>>;
  /** Where its connections go, of those that leave this machine on AWS. */
  routes: readonly ServerRoute[];
  timeoutMs: number;
  onLine(line: string): void;
}

/** What Lambda answers: a payload, which describes the error if the function failed. */
export interface InvocationResult {
  payload: string;
  isError: boolean;
}

/** Runs a function's code once, in a process of its own. */
export async function invokeInProcess(request: InvocationRequest): Promise<InvocationResult> {
  const { directory, handler, payload, environment, routes, timeoutMs, onLine } = request;
  const child = fork(RUNTIME, [directory, handler], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? "", ...environment },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on("line", onLine);
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  try {
    return await new Promise<InvocationResult>((resolve) => {
      child.once("message", (result: InvocationResult) => resolve(result));
      child.once("exit", (code, signal) => {
        const reason =
          signal === "SIGKILL" ? `Task timed out after ${timeoutMs / 1000} seconds` : `exit status ${code}`;
        resolve({ payload: JSON.stringify({ errorType: "Runtime.ExitError", errorMessage: reason }), isError: true });
      });
      child.send({ payload, routes });
    });
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}
