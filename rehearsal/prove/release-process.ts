import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../cloud/processes/free-port";
import { signalGroup } from "../cloud/processes/process-ledger";

const HOST = "127.0.0.1";
const READY_LIMIT_MS = 30_000;
const READY_POLL_MS = 15;
const STOP_LIMIT_MS = 5_000;
/** How many of its last lines are kept. */
const MAX_LINES = 500;

/** A service at one state of its code. */
export interface Release {
  /** Such as `v1`. */
  name: string;
  /** Starts the service; undefined for one that only has commands. */
  command: readonly string[] | undefined;
  directory: string;
  environment: Readonly<Record<string, string>>;
  /** Shell command that brings the database to this release's schema. */
  migrate: string | undefined;
  /** Path that answers 200 when the process is ready; undefined: it is ready when it listens. */
  health: string | undefined;
}

export interface OutputLine {
  atMs: number;
  text: string;
}

/** How a command ended. */
export interface CommandEnd {
  code: number;
  stdout: string;
  stderr: string;
}

/** A release that runs: one process group. */
export class ReleaseProcess {
  readonly url: string;
  readonly lines: OutputLine[] = [];
  readonly #process: ChildProcess;
  readonly #health: string | undefined;
  #exit: number | null = null;

  private constructor(process: ChildProcess, url: string, health: string | undefined) {
    this.#process = process;
    this.url = url;
    this.#health = health;
    for (const stream of [process.stdout!, process.stderr!])
      createInterface(stream).on("line", (text) => {
        this.lines.push({ atMs: Date.now(), text });
        this.lines.splice(0, this.lines.length - MAX_LINES);
      });
    process.once("exit", (code) => {
      this.#exit = code ?? 1;
    });
    process.once("error", (error) => {
      this.#exit = 127;
      this.lines.push({ atMs: Date.now(), text: error.message });
    });
  }

  static async start(release: Release, environment: Readonly<Record<string, string>>): Promise<ReleaseProcess> {
    const port = await freePort(HOST);
    const [program = "", ...args] = release.command ?? [];
    const child = spawn(program, args, {
      cwd: release.directory,
      env: { ...environmentOf(release, environment), PORT: String(port), HOST },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    return new ReleaseProcess(child, `http://${HOST}:${port}`, release.health);
  }

  /**
   * Waits until the process is ready.
   * @returns null, or what it answers instead, such as `GET /healthz 500`
   */
  async whyNotReady(limitMs = READY_LIMIT_MS): Promise<string | null> {
    const deadlineMs = performance.now() + limitMs;
    const path = this.#health ?? "/";
    for (;;) {
      if (this.#exit !== null) return `it ended with exit code ${this.#exit}`;
      const status = await this.#statusOf(path, Math.max(1, deadlineMs - performance.now()));
      if (status === 200 || (status > 0 && this.#health === undefined)) return null;
      if (performance.now() > deadlineMs) return `GET ${path} ${status === 0 ? "no answer" : status}`;
      await sleep(READY_POLL_MS);
    }
  }

  /** Returns 0 without an answer. */
  async #statusOf(path: string, limitMs: number): Promise<number> {
    try {
      const signal = AbortSignal.timeout(Math.ceil(limitMs));
      const response = await fetch(`${this.url}${path}`, { redirect: "manual", signal });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  async stop(): Promise<void> {
    if (this.#exit !== null || this.#process.pid === undefined) return;
    const ended = once(this.#process, "exit");
    signalGroup(this.#process.pid, "SIGTERM");
    const timer = setTimeout(() => signalGroup(this.#process.pid!, "SIGKILL"), STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  }
}

/**
 * Runs a shell command of a release to its end.
 * @param signal ends it, with all that it has started: it has failed then
 */
export async function runCommand(
  release: Release,
  command: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<CommandEnd> {
  const child = spawn("sh", ["-c", command], {
    cwd: release.directory,
    env: environmentOf(release, environment),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  const stop = () => child.pid !== undefined && signalGroup(child.pid, "SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return { code: code ?? 1, ...output };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The machine's PATH and the release's own variables: no other of this machine, as in a container. */
function environmentOf(release: Release, environment: Readonly<Record<string, string>>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: process.env.HOME ?? "/",
    RELEASE: release.name,
    ...release.environment,
    ...environment,
  };
}
