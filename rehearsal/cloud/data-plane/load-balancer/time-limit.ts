import type { CloudClock } from "../../kernel/clock";

/**
 * The shortest time limit, in real milliseconds. At a high speed a limit of some AWS seconds is only some milliseconds
 * long, and a short delay of this machine (2 cores, compilers at work) would look like a failing service.
 */
const SHORTEST_LIMIT_MS = 1000;

/**
 * The shortest time that a service gets for a response, or for more of one, in real milliseconds: longer than the time limits
 * that services set for their own calls (5 s in the samples), which they count by a real clock at any speed, and shorter than
 * the 10 s after which the rehearsal's clients give up.
 */
const SHORTEST_IDLE_MS = 8_000;

/** Returns how many real milliseconds another process gets for something; at least a second. */
export function timeLimitMs(clock: CloudClock, awsSeconds: number): number {
  return Math.max(clock.realMs(awsSeconds), SHORTEST_LIMIT_MS);
}

/**
 * Returns how many real milliseconds a service gets for a connection, for a response to begin, or to send more of one or of a
 * stream; at least 8 s. Services that keep a stream alive do so by a timer, which a busy machine runs late.
 */
export function idleLimitMs(clock: CloudClock, awsSeconds: number): number {
  return Math.max(clock.realMs(awsSeconds), SHORTEST_IDLE_MS);
}
