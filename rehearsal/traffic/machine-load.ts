import { availableParallelism, cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/**
 * The share of this machine's processors that a rehearsal under traffic takes before its deploys. A deploy needs the
 * rest: with less of it, requests wait for the processor (docs/decisions/rate-by-the-machine.md).
 */
const MOST_BUSY = 0.6;
/**
 * The share that a higher rate may take while it is tried. Requests pile up where all is taken. As some of the work does
 * not grow with the rate, less is taken than the lower rate lets expect.
 */
const MOST_BUSY_TRIED = 0.9;
/** A rate may grow by this factor at once. What a higher rate takes of the machine is only estimated from the lower one. */
const MOST_GROWTH = 3;

/**
 * Measures for so many milliseconds which share of the processors was busy that this process may use: 0 to 1. What
 * other programs take counts, too.
 */
export async function busyShare(ms: number, signal: AbortSignal): Promise<number> {
  const [fromMs, before] = [performance.now(), busyMs()];
  await delay(ms, undefined, { signal });
  const availableMs = (performance.now() - fromMs) * availableParallelism();
  return Math.min(1, (busyMs() - before) / availableMs);
}

/**
 * Returns the rate to try next, in requests a second: at most `goal`, rounded down to its first digit. It is lower than
 * this one only when this one does not fit, and the same when no higher one can be tried.
 * @param busy the share of the processors that is busy at this rate, 0 to 1; 1 where requests pile up
 */
export function nextRate(ratePerSecond: number, { goal, busy }: { goal: number; busy: number }): number {
  const next = ratePerSecond * (busy > MOST_BUSY ? MOST_BUSY / busy : Math.min(MOST_GROWTH, MOST_BUSY_TRIED / busy));
  return next >= goal ? goal : roundDown(next);
}

/** Rounds a number above 0 down to its first digit. */
export function roundDown(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  // The logarithm of a number just below a power of ten may be rounded up to it.
  return unit > value ? 0.9 * unit : Math.floor(value / unit) * unit;
}

/** Returns for how many milliseconds the processors were busy since the machine's start, all of them added up. */
function busyMs(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}
