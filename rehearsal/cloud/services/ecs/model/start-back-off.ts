/** ECS starts a service's failing tasks ever more slowly; the longest pause it names is 27 minutes. AWS seconds. */
const FIRST_DELAY_SECONDS = 10;
const LONGEST_DELAY_SECONDS = 27 * 60;
/** From this failure in a row on, ECS says that the service "is unable to consistently start tasks successfully". */
const FAILURES_TO_SAY = 3;
/** From the end of a task that did run until the scheduler has seen it and placed another. AWS gives no number. AWS seconds. */
const RESTART_SECONDS = 15;

/** How long a service's scheduler waits before the next start. Only tasks that never ran slow it down. */
export class StartBackOff {
  #failures = 0;

  /** Returns the delay in AWS seconds. */
  failedToStart(): number {
    this.#failures += 1;
    return Math.min(FIRST_DELAY_SECONDS * 2 ** (this.#failures - 1), LONGEST_DELAY_SECONDS);
  }

  /** Returns the delay in AWS seconds. */
  stoppedAfterRunning(): number {
    this.#failures = 0;
    return RESTART_SECONDS;
  }

  started(): void {
    this.#failures = 0;
  }

  get isHopeless(): boolean {
    return this.#failures >= FAILURES_TO_SAY;
  }
}
