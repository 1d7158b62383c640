import { isThrottlingError, isTransientError } from "@smithy/core/retry";

type SdkError = Parameters<typeof isTransientError>[0];

/**
 * A look that AWS did not answer, after the SDK's own attempts within a second or two, says nothing of what was looked at: it is a fault that may be gone at
 * the next look. An answer that will stay the same, such as a refusal, is thrown on.
 * @param look as `until` takes it
 */
export function retryTransient(look: () => Promise<string[]>): () => Promise<string[]> {
  return async () => {
    try {
      return await look();
    } catch (error) {
      const failure = error as SdkError & { code?: string };
      if (!isTransientError(failure) && !isThrottlingError(failure)) throw error;
      const { message, code = "" } = failure;
      return [`AWS does not answer: ${message || code}`];
    }
  };
}
