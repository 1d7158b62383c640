import { setTimeout as delay } from "node:timers/promises";

/** Only for what never happens: a busy machine may take a while. Less than a test may take. */
const LIMIT_MS = 100_000;
const INTERVAL_MS = 5;

/** Waits until the condition holds. @throws Error with what it waited for, after `LIMIT_MS`. */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited ${LIMIT_MS} ms in vain: ${what}`);
    await delay(INTERVAL_MS);
  }
}
