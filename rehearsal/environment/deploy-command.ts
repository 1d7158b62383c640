import { setPriority } from "node:os";
import { execa } from "execa";
import { runModule } from "../../automation/core/package-directory";
import { setSessionPriority } from "../../automation/core/process/session-priority";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import type { DeployEvent } from "../../automation/ports/events";
import { STOP_LIMIT_MS, skipTheWayBack } from "./killable-command";

/**
 * The scale goes from 0, which every other process has, to 19. At 10 a deploy got a tenth of a share beside processes
 * of others: beside twelve busy loops it did not get past its first step in four minutes.
 */
const LOWER_PRIORITY = 5;

export interface DeployRun {
  exitCode: number;
  events: DeployEvent[];
  /** What it printed on its error output, such as wrong use. */
  errors: string;
}

type Child = ReturnType<typeof startProcess>;

/**
 * The production command `npx aoshingo deploy ... --json`, in the cloud's environment. Its process is prewarmed: it has
 * started and has loaded what it needs before it gets its arguments.
 */
export class DeployCommand {
  /** Resolves when the process has loaded, or has ended before that: `run` says why. */
  readonly loaded: Promise<void>;

  private constructor(
    private readonly child: Child,
    private readonly signal: AbortSignal,
  ) {
    this.loaded = child.getOneMessage().then(
      () => {},
      () => {},
    );
  }

  /** @param variables environment variables that lead the process to the cloud */
  static prewarm(variables: Record<string, string>, signal: AbortSignal): DeployCommand {
    const child = startProcess(variables, signal);
    skipTheWayBack(child, signal);
    // In production the deploy runs on a machine of its own. Here it must not take the processor from the traffic that
    // it is measured by.
    if (child.pid !== undefined) {
      setPriority(child.pid, LOWER_PRIORITY);
      setSessionPriority(child.pid, LOWER_PRIORITY);
    }
    return new DeployCommand(child, signal);
  }

  /**
   * Runs the deploy; a command can run only once.
   * @param keys environment variables with the keys of the role that it acts as
   * @param onEvent gets each event as it comes
   */
  async run(
    args: readonly string[],
    keys: Record<string, string>,
    onEvent: (event: DeployEvent) => void,
  ): Promise<DeployRun> {
    try {
      await this.child.sendMessage({ args: [...args, "--json"], keys });
    } catch {
      // A process that has ended says why below. execa throws at once where it already knows that.
    }
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

  /** Ends the process, whether it has run or not. */
  async end(): Promise<void> {
    this.child.kill();
    await this.child;
  }
}

function startProcess(variables: Record<string, string>, signal: AbortSignal) {
  return execa(process.execPath, runModule("rehearsal/environment/prewarmed-deploy"), {
    cwd: PROJECT_DIRECTORY,
    env: variables,
    stdin: "ignore",
    ipc: true,
    // A session of its own has a priority of its own, and a Ctrl-C in the terminal reaches it once: by `signal`.
    detached: true,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: STOP_LIMIT_MS,
  });
}
