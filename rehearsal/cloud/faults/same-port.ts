import { setTimeout as delay } from "node:timers/promises";

/** Nobody's connection holds a port for long on this machine. */
const LIMIT_MS = 10_000;
const INTERVAL_MS = 20;

/**
 * Listens on a port again that was given free for a while: somebody's outgoing connection may have been given it.
 * @throws what the last attempt failed with
 */
export async function onSamePort(listen: () => Promise<unknown>): Promise<void> {
  for (const deadlineMs = Date.now() + LIMIT_MS; ; ) {
    try {
      await listen();
      return;
    } catch (error) {
      if (Date.now() >= deadlineMs) throw error;
    }
    await delay(INTERVAL_MS);
  }
}
