/** How often the SDK tries a request, and for how many milliseconds it waits for a connection and for an answer. */
export interface AwsLimits {
  maxAttempts: number;
  requestHandler: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: true };
}

/**
 * Limits for clients that a run depends on: a lease of a minute needs its answers in seconds, and so do a rollback's
 * rules. By default the SDK waits without end for an answer on a connection that nobody closes.
 */
export const CALL_LIMITS: AwsLimits = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/** Limits for clients that only show something: better no answer than a late one. */
export const LOOK_LIMITS: AwsLimits = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
};
