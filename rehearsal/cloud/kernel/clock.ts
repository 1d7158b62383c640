import { setTimeout as delay } from "node:timers/promises";

/** AWS seconds in one real second, at most, for the limits within which a container has to start. */
export const START_SPEED = 40;

/** The cloud's time: AWS seconds pass `speed` times as fast as real seconds. */
export class CloudClock {
  readonly #startedMs = Date.now();
  /** Milliseconds of the clock that timers count by. */
  readonly #startedAt = performance.now();

  /**
   * @param speed AWS seconds in one real second, above 0
   * @param startSpeed the highest speed at which limits for the start of containers pass
   */
  constructor(
    readonly speed: number,
    private readonly startSpeed = Number.POSITIVE_INFINITY,
  ) {}

  /**
   * Resolves after a number of AWS seconds, and never early: Node's timers count from the start of their turn of the
   * event loop, and leave out fractions of a millisecond.
   * @throws AbortError when the signal is aborted first
   */
  async sleep(awsSeconds: number, signal?: AbortSignal): Promise<void> {
    const endsAtMs = performance.now() + this.realMs(awsSeconds);
    do {
      await delay(Math.max(0, endsAtMs - performance.now()), undefined, signal ? { signal } : {});
    } while (performance.now() < endsAtMs);
  }

  /** Returns whether the AWS seconds passed before the signal was aborted; an abort ends the wait at once. */
  passes(awsSeconds: number, signal: AbortSignal): Promise<boolean> {
    return this.sleep(awsSeconds, signal).then(
      () => true,
      () => false,
    );
  }

  /**
   * Returns how many AWS seconds a limit lasts within which a container has to start. A start takes real time, more on
   * a busy machine: at 200 : 1 a limit of 15 minutes would be over after 4.5 real seconds.
   */
  startLimit(awsSeconds: number): number {
    return awsSeconds * Math.max(1, this.speed / this.startSpeed);
  }

  /** AWS's time: it began with this machine's, and runs at the clock's speed. Unix milliseconds. */
  get nowMs(): number {
    return this.#startedMs + (performance.now() - this.#startedAt) * this.speed;
  }

  /** Returns AWS's time at a time of this machine's clock, which people and programs take their dates from. Unix milliseconds. */
  awsTime(machineMs: number): number {
    return this.#startedMs + (machineMs - this.#startedMs) * this.speed;
  }

  /** The reverse of `awsTime`. */
  machineTime(awsMs: number): number {
    return Math.round(this.#startedMs + (awsMs - this.#startedMs) / this.speed);
  }

  realMs(awsSeconds: number): number {
    return (awsSeconds * 1000) / this.speed;
  }
}
