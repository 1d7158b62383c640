import { setTimeout as delay } from "node:timers/promises";

/** Limit for getting a port back. Outgoing connections of other programs hold it only briefly. Real milliseconds. */
const LIMIT_MS = 10_000;
const INTERVAL_MS = 20;

/** A server of the cloud that can go away and come back as it was, on the same port. */
export interface Endpoint {
  /** Stops listening and breaks off the calls in flight. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

/**
 * Listens again on a port that was released for a while. Another program's outgoing connection may hold the port
 * meanwhile.
 * @throws the error of the last attempt
 */
export async function listenAgain(listen: () => Promise<unknown>): Promise<void> {
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
