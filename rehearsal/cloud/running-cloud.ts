import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";

/** Sent by the cloud's process to its parent when everything serves. */
export interface CloudReady {
  type: "ready";
  environment: Record<string, string>;
  nameServers: { address: string; port: number }[];
  portOffset: number;
  directory: string;
}

export interface CloudStart {
  /** Arguments as `cloud/main.ts --help` lists them. */
  args: string[];
  /** The cloud's log, line by line. */
  onLog(line: string): void;
}

/** A cloud as a child process. */
export class RunningCloud {
  private constructor(
    private readonly child: ChildProcess,
    readonly ready: CloudReady,
  ) {}

  /** @throws Error with the cloud's last line, when it ends before it serves: a port is taken, say */
  static async start({ args, onLog }: CloudStart): Promise<RunningCloud> {
    const child = fork(join(__dirname, "main.ts"), args, {
      cwd: PROJECT_DIRECTORY,
      execArgv: ["-r", "ts-node/register"],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A Ctrl-C in the terminal reaches the whole group: the parent decides when the cloud ends.
      detached: true,
    });
    let lastLine = "it said nothing";
    for (const input of [child.stdout!, child.stderr!]) {
      createInterface({ input }).on("line", (line) => {
        lastLine = line.replace(/^cloud: /, "");
        onLog(lastLine);
      });
    }
    const [message] = (await Promise.race([once(child, "message"), once(child, "close").then(() => [null])])) as [
      CloudReady | null,
    ];
    if (message === null) throw new UserError(`the rehearsal cloud did not start: ${lastLine}`, { exitCode: 1 });
    return new RunningCloud(child, message);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Ends the cloud and everything that runs in it. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
  }
}
