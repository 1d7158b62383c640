import { setTimeout as delay } from "node:timers/promises";

/** The time that a deploy runs by; tests have a clock of their own. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** @throws the signal's reason if it is aborted first */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    signal.throwIfAborted();
    await delay(ms, undefined, { signal }).catch((error) => {
      throw signal.reason ?? error;
    });
  },
};
