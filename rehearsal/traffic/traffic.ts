import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { modulePath, NODE_ARGUMENTS } from "../../automation/core/package-directory";
import { UserError } from "../../components/core/user-error";
import { isBehind, MachineLateness, RateCheck, tooBusy } from "./rate-check";
import type { FromTraffic, LateStart, ToTraffic, TrafficProgress, TrafficSettings } from "./types";

const MAIN = modulePath("rehearsal/traffic/main");

/** The traffic process, seen from the rehearsal. */
export class Traffic {
  /** The totals so far. */
  progress: TrafficProgress = { sent: 0, ok: 0, failed: 0, p99Ms: 0, lateMs: 0, oldestMs: 0 };
  /** The report in which this machine was furthest behind the rate; null if it always kept up. */
  furthestBehind: TrafficProgress | null = null;
  readonly #lateness = new MachineLateness();
  #ratePerSecond: number;
  readonly #process: ChildProcess;
  readonly #listeners = new Set<(message: FromTraffic) => void>();
  readonly #exited: Promise<never>;
  readonly #flowing: Promise<number>;
  #failure = "";

  private constructor(settings: TrafficSettings) {
    this.#ratePerSecond = settings.streams.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
    this.#process = fork(MAIN, {
      execArgv: [...NODE_ARGUMENTS],
      env: { ...process.env, TRAFFIC: JSON.stringify(settings) },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#process.on("message", (message: FromTraffic) => this.#received(message));
    this.#exited = once(this.#process, "exit").then(([code, signal]) => {
      throw new Error(`traffic process ended (${signal ?? `exit code ${code}`}) ${this.#failure}`.trim());
    });
    // A caller that waits for a message gets the error; nobody else needs it.
    this.#exited.catch(() => {});
    this.#flowing = this.#untilFlowing();
    this.#flowing.catch(() => {});
  }

  /** Starts the process, which sends no requests yet. @throws Error when it cannot start */
  static async prepare(settings: TrafficSettings): Promise<Traffic> {
    const traffic = new Traffic(settings);
    await traffic.#next("ready");
    return traffic;
  }

  /** Starts the requests; `untilFlowing` waits for answers. */
  start(): void {
    this.#send({ type: "start" });
  }

  /** When requests began late because this machine had no processor for their client, oldest first. */
  get lateStarts(): readonly LateStart[] {
    return this.#lateness.lateStarts;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /**
   * Waits until each stream has had an answer with 2xx.
   * @returns the Unix milliseconds of the last stream's first answer
   * @throws UserError when production does not answer
   * @throws Error when the process ends before that; the signal's reason when it aborts
   */
  untilFlowing(signal: AbortSignal): Promise<number> {
    return unlessAborted(this.#flowing, signal);
  }

  /**
   * Waits until this machine keeps up with the rate.
   * @throws UserError when it is too busy for that
   */
  async untilSteady(signal: AbortSignal): Promise<void> {
    const check = new RateCheck(this.#ratePerSecond);
    for (let { progress } = this; !check.isSteady(progress); ) {
      progress = await unlessAborted(this.#next("progress"), signal);
    }
  }

  /**
   * Sends more or fewer requests from now on. How far this machine was behind the rate so far is forgotten.
   * @param factor so many times the rate so far
   */
  changeRate(factor: number): void {
    this.#ratePerSecond *= factor;
    this.furthestBehind = null;
    this.#send({ type: "changeRate", factor });
  }

  /**
   * Puts new clients in the place of all, which ask DNS as programs do that have just started. Resolves when the last
   * request of the old ones has ended.
   */
  async replaceClients(): Promise<void> {
    const replaced = this.#next("replaced");
    this.#send({ type: "replaceClients" });
    await replaced;
  }

  /** Calls the listener twice a second with the totals since the start. */
  onProgress(listener: (progress: TrafficProgress) => void): void {
    this.#listeners.add((message) => {
      if (message.type === "progress") listener(message);
    });
  }

  /**
   * Sends nothing more, waits for the requests in flight (at most `timeoutMs`) and for the record file to be complete.
   */
  async stop(): Promise<{ sent: number }> {
    const stopped = this.#next("stopped");
    this.#send({ type: "stop" });
    const { sent } = await stopped;
    await this.#exited.catch(() => {});
    return { sent };
  }

  /** Ends the process at once, after a failure. The record file may lack its end. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited.catch(() => {});
  }

  #send(message: ToTraffic): void {
    if (this.#process.connected) this.#process.send(message);
  }

  async #untilFlowing(): Promise<number> {
    const first = await Promise.race([this.#next("flowing"), this.#next("unanswered")]);
    if (first.type === "flowing") return first.atMs;
    if (this.furthestBehind) throw tooBusy(this.#ratePerSecond, this.furthestBehind, 0);
    const errors = Object.entries(first.errors).map(([error, count]) => `${count} times ${error}`);
    throw new UserError(`production does not answer the clients "${first.stream}" with 2xx: ${errors.join(", ")}`, {
      exitCode: 1,
    });
  }

  #received(message: FromTraffic): void {
    if (message.type === "failed") this.#failure = message.message;
    if (message.type === "progress") {
      this.progress = message;
      const { oldestMs = 0 } = this.furthestBehind ?? {};
      const report = this.#lateness.overLifeOfOldest(message);
      if (isBehind(report) && report.oldestMs > oldestMs) this.furthestBehind = report;
    }
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

async function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    // A signal lasts longer than one wait.
    signal.removeEventListener("abort", onAbort);
  }
}
