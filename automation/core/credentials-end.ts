/**
 * Returns when the credentials of an environment end, in Unix milliseconds; null for those without a known end, and for a profile or a
 * machine's role, whose credentials the SDKs renew. `aws configure export-credentials` and others set the time beside the keys.
 */
export function credentialsEndMs(environment: NodeJS.ProcessEnv): number | null {
  const { AWS_PROFILE, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION, AWS_SESSION_EXPIRATION } = environment;
  const endMs = Date.parse(AWS_CREDENTIAL_EXPIRATION || AWS_SESSION_EXPIRATION || "");
  return AWS_PROFILE || !AWS_SESSION_TOKEN || Number.isNaN(endMs) ? null : endMs;
}
