import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { modulePath, NODE_ARGUMENTS } from "../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { UserError } from "../../components/core/user-error";
import { leaveAccount } from "./environment";
import { handOver } from "./handed-server";
import { endOrphansOf } from "./processes/process-ledger";
import type { PreparedServer } from "./services/rds/external/prepare-server";

/** The message of the cloud's process to its parent when everything serves. */
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
  /** Called with each line of the cloud's log. */
  onLog(line: string): void;
  /** A PostgreSQL that is there already, and gets all databases. Default: each has a server of its own. */
  databaseServer?: PreparedServer | undefined;
  /** Ends a cloud that does not serve yet. Default: none. */
  signal?: AbortSignal | undefined;
}

/** Enough for an error with its stack trace, and for what is said when all that runs in the cloud is ended after it. */
const KEPT_LINES = 200;
/** So many of them are told. */
const TOLD_LINES = 20;

/** A cloud as a child process. */
export class RunningCloud {
  /** Aborts when the cloud ends without `stop`. Its reason is a UserError with what the cloud said last. */
  readonly lost: AbortSignal;
  #isStopping = false;

  private constructor(
    private readonly child: ChildProcess,
    readonly ready: CloudReady,
    lastLines: readonly string[],
  ) {
    const losing = new AbortController();
    this.lost = losing.signal;
    // Unlike "exit", "close" comes after the last line.
    child.once("close", (exitCode, signal) => {
      if (this.#isStopping) return;
      endOrphansOf(ready.directory);
      const how = `the rehearsal cloud ended by itself (${signal ?? `exit code ${exitCode}`})`;
      losing.abort(new UserError(lossMessage(how, lastLines), { exitCode: 1 }));
    });
  }

  /**
   * @throws UserError with the cloud's last line, if it ends before it serves, such as for a port that is taken; the signal's
   * reason if that ended it
   */
  static async start({ args, onLog, databaseServer, signal }: CloudStart): Promise<RunningCloud> {
    signal?.throwIfAborted();
    // For the cloud and for all that this process starts to work in it.
    leaveAccount();
    const child = fork(modulePath("rehearsal/cloud/main"), args, {
      cwd: PROJECT_DIRECTORY,
      execArgv: [...NODE_ARGUMENTS],
      env: { ...process.env, ...handOver(databaseServer) },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A Ctrl-C in the terminal signals the whole group, but the parent decides when the cloud ends.
      detached: true,
    });
    const lastLines: string[] = [];
    for (const input of [child.stdout!, child.stderr!]) {
      createInterface({ input }).on("line", (text) => {
        const line = text.replace(/^cloud: /, "");
        lastLines.push(line);
        if (lastLines.length > KEPT_LINES) lastLines.shift();
        onLog(line);
      });
    }
    const end = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", end, { once: true });
    const [message] = (await Promise.race([once(child, "message"), once(child, "close").then(() => [null])])) as [
      CloudReady | null,
    ];
    signal?.removeEventListener("abort", end);
    if (message === null) {
      signal?.throwIfAborted();
      const said = lastLines.at(-1) ?? "it said nothing";
      throw new UserError(`the rehearsal cloud did not start: ${said}`, { exitCode: 1 });
    }
    return new RunningCloud(child, message, lastLines);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Stops the cloud and everything that runs in it. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.#isStopping = true;
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
  }
}

/**
 * Says how a cloud ended. The error that ended it is in the first line, which is often all that is kept.
 * @param lines what the cloud said at last; an error has its stack trace behind it
 */
export function lossMessage(how: string, lines: readonly string[]): string {
  if (lines.length === 0) return how;
  const isFrame = (line = "") => /^\s+at /.test(line);
  const error = lines.findLast((line, index) => !isFrame(line) && isFrame(lines[index + 1]));
  const told = error === undefined ? "" : `: ${error}`;
  return [`${how}${told}${told === "" ? "," : ";"} its last lines are:`, ...lines.slice(-TOLD_LINES)].join("\n  ");
}
