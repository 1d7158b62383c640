import { setTimeout as delay } from "node:timers/promises";

/** Time in the cloud: AWS seconds pass `speed` times as fast as real ones. */
export class CloudClock {
  /** @param speed AWS seconds in one real second, above 0 */
  constructor(readonly speed: number) {}

  /**
   * Never ends early: Node's timers count from when their turn of the event loop began, and leave out parts of a millisecond.
   * @throws AbortError when the signal is aborted first
   */
  async sleep(awsSeconds: number, signal?: AbortSignal): Promise<void> {
    const endsAtMs = performance.now() + this.realMs(awsSeconds);
    do {
      await delay(endsAtMs - performance.now(), undefined, signal ? { signal } : {});
    } while (performance.now() < endsAtMs);
  }

  realMs(awsSeconds: number): number {
    return (awsSeconds * 1000) / this.speed;
  }
}
