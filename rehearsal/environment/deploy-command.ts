import { setPriority } from "node:os";
import { execa } from "execa";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import type { DeployEvent } from "../../automation/ports/events";

/** Of 0 to 19, where 0 is everybody else. */
const LOWER_PRIORITY = 10;

export interface DeployRun {
  exitCode: number;
  events: DeployEvent[];
  /** What it said on its error output: wrong use, say. */
  errors: string;
}

type Child = ReturnType<typeof startProcess>;

/** The production command, `npm run deploy -- ... --json`, in the cloud's environment. Its process is started, and has loaded what it needs, before it gets its arguments. */
export class DeployCommand {
  private constructor(
    private readonly child: Child,
    private readonly signal: AbortSignal,
  ) {}

  static standBy(environment: Record<string, string>, signal: AbortSignal): DeployCommand {
    const child = startProcess(environment, signal);
    // In production the deploy runs on a machine of its own; here it must not take the processor from the traffic that it is judged by.
    if (child.pid !== undefined) setPriority(child.pid, LOWER_PRIORITY);
    return new DeployCommand(child, signal);
  }

  /** Once. */
  async run(args: string[], onEvent: (event: DeployEvent) => void): Promise<DeployRun> {
    await this.child.sendMessage([...args, "--json"]).catch(() => {}); // A process that has ended says why below.
    const events: DeployEvent[] = [];
    for await (const line of this.child.iterable({ from: "stdout" })) {
      const event = JSON.parse(line) as DeployEvent;
      events.push(event);
      onEvent(event);
    }
    const { exitCode, stderr } = await this.child;
    this.signal.throwIfAborted();
    return { exitCode: exitCode ?? 1, events, errors: stderr as string };
  }

  /** Ends a process that has not run. */
  dismiss(): void {
    this.child.kill();
  }
}

function startProcess(environment: Record<string, string>, signal: AbortSignal) {
  return execa(process.execPath, ["-r", "ts-node/register", "rehearsal/environment/prewarmed-deploy.ts"], {
    cwd: PROJECT_DIRECTORY,
    env: environment,
    stdin: "ignore",
    ipc: true,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 10_000,
  });
}
