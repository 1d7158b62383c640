import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { join } from "shlex";
import { type ProcessLedger, signalGroup } from "./process-ledger";

/** Runs a command in a new terminal, which it connects with its own input and output. */
const TERMINAL = "script";
/** Tells the name of the terminal on file descriptor 3, and becomes the command. */
const COMMAND = 'tty >&3; exec 3>&-; exec "$0" "$@"';

export interface TerminalOptions {
  /** Runs in the new terminal. */
  command: readonly string[];
  workingDirectory: string;
  /** The whole environment, except for PATH, which is this machine's. */
  environment: Record<string, string>;
  ledger: ProcessLedger;
  onOutput(bytes: Buffer): void;
}

/** Whether this machine can give a command a terminal: the `script` of util-linux, which Linux systems have. */
export function hasTerminals(): boolean {
  return spawnSync(TERMINAL, ["--version"]).stdout?.includes("util-linux") ?? false;
}

/** A command in a terminal of its own, with the processes that it starts. */
export class TerminalProcess {
  /** Resolves when the command has ended and everything that it printed was handed on. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  /** Path of the terminal, known as soon as the command starts. */
  readonly #terminal: Promise<string>;

  constructor({ command, workingDirectory, environment, ledger, onOutput }: TerminalOptions) {
    const words = join(["sh", "-c", COMMAND, ...command]);
    this.#child = spawn(TERMINAL, ["--quiet", "--flush", "--command", `exec ${words}`, "/dev/null"], {
      cwd: workingDirectory,
      env: { PATH: process.env.PATH, ...environment, SHELL: "/bin/sh" },
      stdio: ["pipe", "pipe", "ignore", "pipe"],
      detached: true,
    });
    const pid = this.#child.pid!;
    ledger.add(pid);
    const { stdin, stdout } = this.#child as { stdin: Writable; stdout: Readable };
    stdout.on("data", onOutput);
    // What is typed after the end is lost.
    stdin.on("error", () => {});
    this.#terminal = once(this.#child.stdio[3] as Readable, "data").then(([name]) => String(name).trim());
    this.#terminal.catch(() => {});
    this.ended = once(this.#child, "close").then(() => ledger.remove(pid));
  }

  type(bytes: Buffer): void {
    (this.#child.stdin as Writable).write(bytes);
  }

  async resize({ cols, rows }: { cols: number; rows: number }): Promise<void> {
    // The kernel tells the command of it (SIGWINCH).
    spawnSync("stty", ["-F", await this.#terminal, "cols", String(cols), "rows", String(rows)]);
  }

  /** Takes the terminal away, which ends what runs in it (SIGHUP). */
  kill(): void {
    signalGroup(this.#child.pid!, "SIGKILL");
  }
}
