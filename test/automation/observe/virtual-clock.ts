import type { Clock } from "../../../automation/core/clock";

interface Sleeper {
  atMs: number;
  wake(): void;
}

/** Time that passes when everybody sleeps: it goes on to whoever wakes first. For things that happen beside each other. */
export class VirtualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #isGoing = false;

  constructor(public nowMs: number) {}

  now(): number {
    return this.nowMs;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const sleeper = { atMs: this.nowMs + ms, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", onAbort);
      this.#go();
    });
  }

  /** Lets everybody work who does not sleep, then wakes the next one. */
  #go(): void {
    if (this.#isGoing) return;
    this.#isGoing = true;
    setImmediate(() => {
      this.#isGoing = false;
      const [next] = [...this.#sleepers].sort((one, another) => one.atMs - another.atMs);
      if (!next) return;
      this.#sleepers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.wake();
      this.#go();
    });
  }
}
