const EXPIRED = "your AWS credentials have expired: renew them";
const WRONG_KEY = "AWS does not know the access key: renew your credentials";
const WRONG_SECRET = "AWS does not accept the secret key: renew your credentials";

/** The name that the SDK has for the error where no source has credentials. */
const NONE_IN_SDK = "CredentialsProviderError";
/** By the names that AWS's services have for the errors. */
const BY_NAME: ReadonlyMap<string, string> = new Map([
  ["ExpiredToken", EXPIRED],
  ["ExpiredTokenException", EXPIRED],
  ["InvalidAccessKeyId", WRONG_KEY],
  ["InvalidClientTokenId", WRONG_KEY],
  ["UnrecognizedClientException", WRONG_KEY],
  ["SignatureDoesNotMatch", WRONG_SECRET],
  ["InvalidSignatureException", WRONG_SECRET],
]);

/**
 * The words of the AWS SDK for Go, which the Pulumi CLI and the provider pass on, where no source has credentials. It asks the metadata of
 * an EC2 instance last.
 */
const NONE_IN_GO = /no EC2 IMDS role found|failed to get shared config profile|No valid credential sources found/;
/** Words of the SDKs for JavaScript and for Go where a session of IAM Identity Center has ended, or nobody has begun one. */
const SIGNED_OUT = /aws sso login|the SSO session has expired|cached SSO token/;
/** Its words for what a service of AWS answered. */
const ANSWER_IN_GO = /api error (\w+):/g;

/** Returns in one line what is wrong with the credentials, and what to do; null for an error with another cause. */
export function credentialsProblem(error: unknown): string | null {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  if (name === NONE_IN_SDK) return SIGNED_OUT.test(String(message)) ? signedOut() : noCredentials();
  return BY_NAME.get(String(name)) ?? null;
}

/** Does the same for what the Pulumi CLI, its engine or the provider has printed. */
export function credentialsProblemIn(text: string): string | null {
  if (SIGNED_OUT.test(text)) return signedOut();
  if (NONE_IN_GO.test(text)) return noCredentials();
  for (const [, code] of text.matchAll(ANSWER_IN_GO)) {
    const problem = BY_NAME.get(code!);
    if (problem !== undefined) return problem;
  }
  return null;
}

function signedOut(): string {
  const profile = process.env.AWS_PROFILE;
  return `your session of IAM Identity Center (SSO) has ended: \`aws sso login${profile ? ` --profile ${profile}` : ""}\``;
}

function noCredentials(): string {
  const profile = process.env.AWS_PROFILE;
  if (!profile) return "there are no AWS credentials: set AWS_PROFILE, or sign in";
  return `the profile ${profile} (AWS_PROFILE) has no AWS credentials: sign in, or set AWS_PROFILE to one of \`aws configure list-profiles\``;
}
