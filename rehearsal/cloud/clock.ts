import { setTimeout as delay } from "node:timers/promises";

/** Time in the cloud: AWS seconds pass `speed` times as fast as real ones. */
export class CloudClock {
  /** @param speed AWS seconds in one real second, above 0 */
  constructor(readonly speed: number) {}

  /** @throws AbortError when the signal is aborted first */
  async sleep(awsSeconds: number, signal?: AbortSignal): Promise<void> {
    await delay(this.realMs(awsSeconds), undefined, signal ? { signal } : {});
  }

  realMs(awsSeconds: number): number {
    return (awsSeconds * 1000) / this.speed;
  }
}
