import { processTimes } from "../../../processes/process-times";

/**
 * Measures the CPU utilisation of instances in percent, from one reading to the next.
 *
 * The model: an instance of any type has exactly one core of this machine and uses what the processes of its tasks
 * use. 100 means one core that is always busy; more counts as 100.
 *
 * The limits of the model: vCPUs and burst credits of instance types do not count. The agent and the operating system
 * use nothing. Tasks that share this machine's cores use less than they could, so a group grows later than on AWS. The
 * cloud's clock runs faster than real time, so an AWS minute has only 60 / speed real seconds of work: the load per
 * real second counts.
 */
export class CpuMeter {
  #last: { atMs: number; seconds: Map<number, number> };

  constructor() {
    this.#last = reading();
  }

  /**
   * Takes a reading. Returns a function that gives the utilisation of the instance with these processes since the last
   * reading. A process that started meanwhile counts from its start.
   */
  read(): (processIds: number[]) => number {
    const last = this.#last;
    const now = reading();
    this.#last = now;
    const elapsedSeconds = (now.atMs - last.atMs) / 1000;
    return (processIds) => {
      const used = processIds.reduce((sum, id) => sum + (now.seconds.get(id) ?? 0) - (last.seconds.get(id) ?? 0), 0);
      return Math.min(100, Math.max(0, (100 * used) / elapsedSeconds));
    };
  }
}

function reading() {
  return { atMs: performance.now(), seconds: processTimes() };
}
