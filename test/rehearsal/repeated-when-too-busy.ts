/**
 * What a rehearsal says when its machine did not keep up (rehearsal/report/causes.ts, rehearsal/traffic/rate-check.ts):
 * requests ran into their time limits, or took longer than the old release's, whatever the deploy did.
 */
const TOO_BUSY = /this machine (is|was) too busy for RATE=/i;
const MOST_ATTEMPTS = 3;

interface Ended {
  exitCode: number;
  /** All that it printed. */
  text: string;
}

/**
 * Runs something under traffic. If it fails and says itself that this machine was too busy, it runs again at half the
 * rate, at most twice.
 * @param ratePerSecond of the first attempt
 * @returns the first attempt that did not fail for that reason, else the last one
 */
export async function repeatedWhenTooBusy<Run extends Ended>(
  ratePerSecond: number,
  attempt: (ratePerSecond: number) => Promise<Run>,
): Promise<Run> {
  for (let number = 1, rate = ratePerSecond; ; number += 1, rate /= 2) {
    const run = await attempt(rate);
    const isInconclusive = run.exitCode !== 0 && TOO_BUSY.test(run.text.replace(/\s+/g, " "));
    if (!isInconclusive || number === MOST_ATTEMPTS) return run;
    console.log(`      this machine was too busy for RATE=${rate}: once more with half of it`);
  }
}
