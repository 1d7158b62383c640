/** How long an answer of AWS is waited for, in milliseconds, and how often it is asked for. */
export interface AwsLimits {
  maxAttempts: number;
  requestHandler: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: true };
}

/**
 * Of whom a run depends on: a lease of a minute needs its answers, and a rollback its rules, in seconds. By itself the SDK waits without end for an answer on a
 * connection that nobody closes.
 */
export const CALL_LIMITS: AwsLimits = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/** Of who only wants to look: better no answer than a late one. */
export const LOOK_LIMITS: AwsLimits = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
};
