import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { type ProcessLedger, signalGroup } from "./process-ledger";

export interface TaskProcessOptions {
  command: string[];
  workingDirectory: string;
  /** The whole environment, except for PATH, which is this machine's. */
  environment: Record<string, string>;
  ledger: ProcessLedger;
  /** Called with each line of stdout and stderr. */
  onLine(line: string): void;
}

/**
 * The real process of a container, in a process group of its own. As in a container, the end of the first process
 * ends the others.
 */
export class TaskProcess {
  /** Exit code; 128 plus the signal's number if a signal ended the process, as containers report it. */
  readonly exited: Promise<number>;
  /** Process id, and id of the process group. */
  readonly pid: number;
  #running = true;

  private constructor(child: ChildProcess, ledger: ProcessLedger) {
    const pid = child.pid!;
    this.pid = pid;
    ledger.add(pid);
    this.exited = once(child, "exit").then(([code, signal]) => {
      this.#running = false;
      signalGroup(pid, "SIGKILL");
      ledger.remove(pid);
      return signal ? 128 + constants.signals[signal as NodeJS.Signals] : (code as number);
    });
  }

  /** Rejects if the command cannot start, such as for a missing program or directory. */
  static async start(options: TaskProcessOptions): Promise<TaskProcess> {
    const [program = "", ...parameters] = options.command;
    const child = spawn(program, parameters, {
      cwd: options.workingDirectory,
      env: { PATH: process.env.PATH, ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", options.onLine);
    await once(child, "spawn");
    return new TaskProcess(child, options.ledger);
  }

  /** Aborts the process, as an uncaught error does in many programs. */
  crash(): void {
    if (this.#running) signalGroup(this.pid, "SIGABRT");
  }

  /** Kills the process without a warning, as the loss of its machine does. */
  kill(): void {
    if (this.#running) signalGroup(this.pid, "SIGKILL");
  }

  /**
   * Sends SIGTERM to the group, and SIGKILL after `graceMs` of real time if it still runs. Resolves to the exit code.
   */
  async stop(graceMs: number): Promise<number> {
    if (!this.#running) return this.exited;
    signalGroup(this.pid, "SIGTERM");
    const timer = setTimeout(() => {
      if (this.#running) signalGroup(this.pid, "SIGKILL");
    }, graceMs);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }
}
