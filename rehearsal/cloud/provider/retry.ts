import { AwsError } from "../kernel/aws-error";
import type { CloudClock } from "../kernel/clock";

/** Pause between two calls, as in the provider. AWS seconds. */
const PAUSE_SECONDS = 5;

export interface RetryOptions {
  /** AWS's code for "not yet". */
  code: string;
  /** The provider's limit in AWS seconds. After it, the last refusal is thrown. */
  limitSeconds: number;
  clock: CloudClock;
  signal: AbortSignal;
}

/**
 * Repeats a call that AWS refuses for a while, as the real provider does, such as for a security group whose last
 * interface is being deleted (aws-rules N8).
 */
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
