import { AwsError } from "../kernel/aws-error";
import type { CloudClock } from "../kernel/clock";

/** Pause between two calls, as long as the provider's own in AWS seconds. */
const PAUSE_SECONDS = 5;

export interface RetryOptions {
  /** AWS's code for "not yet". */
  code: string;
  /** The provider's limit in AWS seconds; then the last refusal is the answer. */
  limitSeconds: number;
  clock: CloudClock;
  signal: AbortSignal;
}

/** What the real provider does where AWS refuses for a while, such as a security group whose last interface is on its way out (aws-rules N8). */
export async function retryWhile<Result>(
  options: RetryOptions,
  operation: () => Result | Promise<Result>,
): Promise<Result> {
  for (let waited = 0; ; waited += PAUSE_SECONDS) {
    try {
      return await operation();
    } catch (error) {
      const again = error instanceof AwsError && error.code === options.code && waited < options.limitSeconds;
      if (!again) throw error;
    }
    await options.clock.sleep(PAUSE_SECONDS, options.signal);
  }
}
