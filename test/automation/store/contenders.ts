import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import type { Order, Report } from "./contender";
import type { StoreSpec } from "./store-spec";

/** A process of its own that works with a store. */
export class Contender {
  readonly #reports = new EventEmitter();
  readonly #ready: Promise<unknown>;
  #orders = 0;
  /** Why its lease was lost, as soon as it knows. */
  lost: string | null = null;

  private constructor(readonly child: ChildProcess) {
    this.#ready = once(this.#reports, "0");
    child.on("message", ({ id, ...report }: Report) => {
      if (id !== undefined) this.#reports.emit(String(id), report);
      if (report.lost !== undefined) {
        this.lost = report.lost;
        this.#reports.emit("lost");
      }
    });
  }

  /** @param skewMs how far its wall clock is wrong */
  static async start(spec: StoreSpec, { skewMs = 0 } = {}): Promise<Contender> {
    const child = fork(join(__dirname, "contender.ts"), {
      execArgv: [...NODE_ARGUMENTS, "-r", join(__dirname, "skewed-clock.ts")],
      env: { ...process.env, CONTENDER: JSON.stringify({ spec }), SKEW_MS: String(skewMs) },
    });
    const contender = new Contender(child);
    await contender.#ready;
    return contender;
  }

  /** Returns the value of an order, or the error that it threw, such as `LeaseHeldError: ...`. */
  async ask(order: Order): Promise<Pick<Report, "value" | "error">> {
    const id = ++this.#orders;
    const report = once(this.#reports, String(id));
    this.child.send({ id, ...order });
    return ((await report) as [Report])[0];
  }

  async untilLost(): Promise<string> {
    if (this.lost === null) await once(this.#reports, "lost");
    return this.lost!;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exit;
  }
}
