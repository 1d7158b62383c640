import { setTimeout as delay } from "node:timers/promises";

/** Only for what never happens: a busy machine may take a while. Less than a test may take (.mocharc.json). */
const LIMIT_MS = 500_000;
const INTERVAL_MS = 5;

/**
 * Waits until the condition holds.
 * @param detail tells more of what was there instead
 * @throws Error with what it waited for, after `LIMIT_MS`
 */
export async function eventually(what: string, holds: () => unknown, detail: () => string = () => ""): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${LIMIT_MS} ms in vain: ${what}\n${detail()}`.trimEnd());
    await delay(INTERVAL_MS);
  }
}
