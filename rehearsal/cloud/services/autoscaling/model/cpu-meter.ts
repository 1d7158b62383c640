import { processTimes } from "../../../processes/process-times";

/**
 * CPU of instances in percent, from one reading to the next.
 *
 * The model: an instance has exactly one core of this machine, whatever its type, and uses what the processes of its tasks use. 100 is one core busy all
 * the time (more counts as 100).
 *
 * Its limits: a type's vCPUs and burst credits play no part; agent and operating system use nothing; tasks that have to share this machine's cores use
 * less than they want, so that a group here grows later than on AWS; and as the cloud's clock runs faster than real time, one AWS minute is only
 * 60 / speed real seconds of work: what counts is the load per real second.
 */
export class CpuMeter {
  #before: { atMs: number; seconds: Map<number, number> };

  constructor() {
    this.#before = reading();
  }

  /** Returns how busy the instance of these processes was since the call before; what started since then counts from its start. */
  next(): (processIds: number[]) => number {
    const before = this.#before;
    const now = reading();
    this.#before = now;
    const elapsedSeconds = (now.atMs - before.atMs) / 1000;
    return (processIds) => {
      const used = processIds.reduce((sum, id) => sum + (now.seconds.get(id) ?? 0) - (before.seconds.get(id) ?? 0), 0);
      return Math.min(100, Math.max(0, (100 * used) / elapsedSeconds));
    };
  }
}

function reading() {
  return { atMs: performance.now(), seconds: processTimes() };
}
