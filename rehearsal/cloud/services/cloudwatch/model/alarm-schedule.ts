import type { CloudClock } from "../../../kernel/clock";

export interface EvaluationTimes {
  /** AWS seconds between two evaluations. Their periods end at whole multiples of it since 1970. */
  everySeconds: number;
  /** AWS seconds from the end of the newest period to the evaluation. */
  offsetSeconds: number;
}

/** Calls for the evaluation of each alarm when it is due, by the cloud's clock. */
export class AlarmSchedule {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param evaluate gets the end of the newest period in AWS seconds since 1970 */
  constructor(
    private readonly clock: CloudClock,
    private readonly now: () => number,
    private readonly evaluate: (name: string, endSeconds: number) => void,
  ) {}

  /** Begins with the next evaluation that is due. An alarm that has other times already gets these. */
  start(name: string, times: EvaluationTimes): void {
    this.stop(name);
    this.#await(name, times, this.#newestEnd(times) + times.everySeconds);
  }

  stop(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  /** Ends all timers. */
  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #await(name: string, times: EvaluationTimes, endSeconds: number): void {
    // A late timer's evaluation may be due already; Node warns of a negative time.
    const delayMs = Math.max(0, this.clock.realMs(endSeconds + times.offsetSeconds) - this.now());
    const timer = setTimeout(() => {
      // A timer that is late leaves out the evaluations that it has missed; one may be early by a part of a millisecond.
      const newest = Math.max(endSeconds, this.#newestEnd(times));
      this.#await(name, times, newest + times.everySeconds);
      this.evaluate(name, newest);
    }, delayMs);
    timer.unref();
    this.#timers.set(name, timer);
  }

  /** The end of the newest period of the last evaluation that was due by now. */
  #newestEnd({ everySeconds, offsetSeconds }: EvaluationTimes): number {
    const nowSeconds = (this.now() * this.clock.speed) / 1000;
    return Math.floor((nowSeconds - offsetSeconds) / everySeconds) * everySeconds;
  }
}
