import { AwsError } from "../../../kernel/aws-error";
import type { CloudClock } from "../../../kernel/clock";

/** Requests of the account in one AWS second (R7-R8). */
const REQUESTS_PER_SECOND = 5;

/** Route 53's rate limit for API requests. */
export class RequestRate {
  readonly #clock: CloudClock;
  /** Times of the last accepted requests, in milliseconds of `performance.now()`. */
  #admitted: number[] = [];

  constructor(clock: CloudClock) {
    this.#clock = clock;
  }

  /**
   * Counts a request.
   * @throws AwsError Throttling above the limit
   */
  admit(): void {
    const now = performance.now();
    const windowMs = this.#clock.realMs(1);
    this.#admitted = this.#admitted.filter((atMs) => now - atMs < windowMs);
    if (this.#admitted.length >= REQUESTS_PER_SECOND) throw new AwsError("Throttling", "Rate exceeded");
    this.#admitted.push(now);
  }
}
