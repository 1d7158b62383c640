import type { CloudClock } from "../../kernel/clock";

/**
 * The shortest time limit, in real milliseconds. At a high speed a limit of some AWS seconds is only some milliseconds
 * long, and a short delay of this machine (2 cores, compilers at work) would look like a failing service.
 */
const SHORTEST_LIMIT_MS = 1000;

/** Returns how many real milliseconds another process gets for something; at least a second. */
export function timeLimitMs(clock: CloudClock, awsSeconds: number): number {
  return Math.max(clock.realMs(awsSeconds), SHORTEST_LIMIT_MS);
}
