import { setPriority } from "node:os";
import { execa } from "execa";
import type { DeployEvent } from "../automation/events";
import { PROJECT_DIRECTORY } from "../automation/project-directory";

/** Of 0 to 19, where 0 is everybody else. */
const LOWER_PRIORITY = 10;

export interface DeployRun {
  exitCode: number;
  events: DeployEvent[];
  /** What it said on its error output: wrong use, say. */
  errors: string;
}

/** The production command, `npm run deploy -- ... --json`, in the cloud's environment. */
export async function runDeploy(
  args: string[],
  environment: Record<string, string>,
  onEvent: (event: DeployEvent) => void,
  signal: AbortSignal,
): Promise<DeployRun> {
  const child = execa(process.execPath, ["-r", "ts-node/register", "automation/cli.ts", "deploy", ...args, "--json"], {
    cwd: PROJECT_DIRECTORY,
    env: environment,
    stdin: "ignore",
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 10_000,
  });
  // In production the deploy runs on a machine of its own; here it must not take the processor from the traffic that it is judged by.
  if (child.pid !== undefined) setPriority(child.pid, LOWER_PRIORITY);
  const events: DeployEvent[] = [];
  for await (const line of child.iterable({ from: "stdout" })) {
    const event = JSON.parse(line) as DeployEvent;
    events.push(event);
    onEvent(event);
  }
  const { exitCode, stderr } = await child;
  signal.throwIfAborted();
  return { exitCode: exitCode ?? 1, events, errors: stderr };
}
