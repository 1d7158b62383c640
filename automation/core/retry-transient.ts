import { isThrottlingError, isTransientError } from "@smithy/core/retry";

type SdkError = Parameters<typeof isTransientError>[0];

/**
 * Wraps a look so that a request that AWS did not answer, after the SDK's own attempts within a second or two, becomes
 * a problem that may be gone at the next look. An error that will stay the same, such as a refusal, is thrown.
 * @param look as `waitUntil` takes it
 */
export function retryTransient(look: () => Promise<string[]>): () => Promise<string[]> {
  return async () => {
    try {
      return await look();
    } catch (error) {
      const sdkError = error as SdkError & { code?: string };
      if (!isTransientError(sdkError) && !isThrottlingError(sdkError)) throw error;
      const { message, code = "" } = sdkError;
      return [`AWS does not answer: ${message || code}`];
    }
  };
}
