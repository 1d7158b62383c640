import { setTimeout as delay } from "node:timers/promises";

/** The cloud's time: AWS seconds pass `speed` times as fast as real seconds. */
export class CloudClock {
  /** @param speed AWS seconds in one real second, above 0 */
  constructor(readonly speed: number) {}

  /**
   * Resolves after a number of AWS seconds, and never early: Node's timers count from the start of their turn of the
   * event loop, and leave out fractions of a millisecond.
   * @throws AbortError when the signal is aborted first
   */
  async sleep(awsSeconds: number, signal?: AbortSignal): Promise<void> {
    const endsAtMs = performance.now() + this.realMs(awsSeconds);
    do {
      await delay(endsAtMs - performance.now(), undefined, signal ? { signal } : {});
    } while (performance.now() < endsAtMs);
  }

  /** Returns whether the AWS seconds passed before the signal was aborted; an abort ends the wait at once. */
  passes(awsSeconds: number, signal: AbortSignal): Promise<boolean> {
    return this.sleep(awsSeconds, signal).then(
      () => true,
      () => false,
    );
  }

  realMs(awsSeconds: number): number {
    return (awsSeconds * 1000) / this.speed;
  }
}
