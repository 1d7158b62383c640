import { isThrottlingError, isTransientError } from "@smithy/core/retry";

type SdkError = Parameters<typeof isTransientError>[0];

/**
 * Returns what to say of an error that may be gone at the next try: a request that AWS did not answer, after the SDK's own attempts within
 * a second or two. Null for one that will stay the same, such as a refusal.
 */
export function transientProblem(error: unknown): string | null {
  const sdkError = error as SdkError & { code?: string };
  if (!isTransientError(sdkError) && !isThrottlingError(sdkError)) return null;
  const { message, code = "" } = sdkError;
  return `AWS does not answer: ${message || code}`;
}

/**
 * Wraps a look so that a transient error becomes a problem that may be gone at the next look. Any other is thrown.
 * @param look as `waitUntil` takes it
 */
export function retryTransient(look: () => Promise<string[]>): () => Promise<string[]> {
  return async () => {
    try {
      return await look();
    } catch (error) {
      const problem = transientProblem(error);
      if (problem === null) throw error;
      return [problem];
    }
  };
}
