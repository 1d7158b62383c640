import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FromTraffic, ToTraffic, TrafficSettings } from "./types";

const MAIN = join(__dirname, "main.ts");
// Resolved here: `--require ts-node/...` would be looked for from the working directory.
const TYPESCRIPT = require.resolve("ts-node/register");

export type TrafficProgress = Omit<Extract<FromTraffic, { type: "progress" }>, "type">;

/** The traffic process, seen from the rehearsal. */
export class Traffic {
  readonly #process: ChildProcess;
  readonly #listeners = new Set<(message: FromTraffic) => void>();
  readonly #exited: Promise<never>;
  readonly #flowing: Promise<{ atMs: number }>;
  #failure = "";

  private constructor(settings: TrafficSettings) {
    this.#process = fork(MAIN, {
      execArgv: ["--require", TYPESCRIPT],
      env: { ...process.env, TRAFFIC: JSON.stringify(settings) },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#process.on("message", (message: FromTraffic) => this.#received(message));
    this.#exited = once(this.#process, "exit").then(([code, signal]) => {
      throw new Error(`traffic process ended (${signal ?? `exit code ${code}`}) ${this.#failure}`.trim());
    });
    // Whoever waits for something that can no longer come gets the error; nobody else needs it.
    this.#exited.catch(() => {});
    this.#flowing = this.#next("flowing");
    this.#flowing.catch(() => {});
  }

  /** Starts the process, without requests yet. Fails when it cannot start. */
  static async prepare(settings: TrafficSettings): Promise<Traffic> {
    const traffic = new Traffic(settings);
    await traffic.#next("ready");
    return traffic;
  }

  /** Starts the requests; see `untilFlowing` for answers. */
  start(): void {
    this.#send({ type: "start" });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /**
   * Resolves with the Unix milliseconds at which each stream had an answer with 2xx.
   * @throws Error when the signal aborts, or when the process ends before.
   */
  async untilFlowing(signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    return (await Promise.race([this.#flowing, aborted])).atMs;
  }

  /** Called twice a second with the totals since the start. */
  onProgress(listener: (progress: TrafficProgress) => void): void {
    this.#listeners.add((message) => {
      if (message.type === "progress") listener(message);
    });
  }

  /** Sends nothing more, waits for the requests in flight (at most `timeoutMs`) and for the record file to be complete. */
  async stop(): Promise<{ sent: number }> {
    const stopped = this.#next("stopped");
    this.#send({ type: "stop" });
    const { sent } = await stopped;
    await this.#exited.catch(() => {});
    return { sent };
  }

  /** Ends the process at once; for the way out after a failure. The record file may lack its end. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited.catch(() => {});
  }

  #send(message: ToTraffic): void {
    if (this.#process.connected) this.#process.send(message);
  }

  #received(message: FromTraffic): void {
    if (message.type === "failed") this.#failure = message.message;
    for (const listener of this.#listeners) listener(message);
  }

  #next<T extends FromTraffic["type"]>(type: T): Promise<Extract<FromTraffic, { type: T }>> {
    const arrived = new Promise<Extract<FromTraffic, { type: T }>>((resolve) => {
      const listener = (message: FromTraffic) => {
        if (message.type !== type) return;
        this.#listeners.delete(listener);
        resolve(message as Extract<FromTraffic, { type: T }>);
      };
      this.#listeners.add(listener);
    });
    return Promise.race([arrived, this.#exited]);
  }
}
