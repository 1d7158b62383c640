import { AwsError } from "../../../kernel/aws-error";
import type { CloudClock } from "../../../kernel/clock";

/** R7-R8: requests in one AWS second, over the whole account. */
const REQUESTS_PER_SECOND = 5;

/** Route 53's limit for API requests. */
export class RequestRate {
  readonly #clock: CloudClock;
  /** Real milliseconds of the last requests that were let in. */
  #admitted: number[] = [];

  constructor(clock: CloudClock) {
    this.#clock = clock;
  }

  /** @throws AwsError Throttling */
  admit(): void {
    const now = performance.now();
    const windowMs = this.#clock.realMs(1);
    this.#admitted = this.#admitted.filter((atMs) => now - atMs < windowMs);
    if (this.#admitted.length >= REQUESTS_PER_SECOND) throw new AwsError("Throttling", "Rate exceeded");
    this.#admitted.push(now);
  }
}
