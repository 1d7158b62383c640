import { UserError } from "../../../components/core/user-error";
import { StoreUnreachable } from "../../ports/store";

interface S3Fault {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** Who asks has to be let in first: asking again does not help. */
const REFUSALS: Record<string, (bucket: string) => string> = {
  NoSuchBucket: (bucket) => `bucket ${bucket} does not exist: run \`pulumi up\` to make it, or give another --store`,
  AccessDenied: (bucket) =>
    `bucket ${bucket} refuses access: deploys need s3:GetObject and s3:PutObject on its objects and s3:ListBucket on it`,
  InvalidAccessKeyId: () => "AWS does not know the access key: renew your credentials",
  SignatureDoesNotMatch: () => "AWS does not accept the secret key: renew your credentials",
  ExpiredToken: () => "your AWS credentials have expired: renew them",
  CredentialsProviderError: () => "there are no AWS credentials: set AWS_PROFILE, or sign in",
  PermanentRedirect: (bucket) => `bucket ${bucket} is in another region: correct aws:region in the stack's settings`,
  AuthorizationHeaderMalformed: (bucket) =>
    `bucket ${bucket} is in another region: correct aws:region in the stack's settings`,
};

/**
 * One line for what a person can put right, `StoreUnreachable` for what may pass, and the error itself for what nobody foresaw.
 * @param key that was asked for
 */
export function s3Fault(error: unknown, bucket: string, key: string): unknown {
  if (error instanceof UserError) return error;
  const { name = "", message = "", code, $metadata } = error as S3Fault;
  const status = $metadata?.httpStatusCode;
  const refusal = REFUSALS[name] ?? (status === 403 ? REFUSALS.AccessDenied : undefined);
  if (refusal)
    return new UserError(`${refusal(bucket)} (s3://${bucket}/${key}: ${name})`, { exitCode: 1, cause: error });
  const mayPass = status === undefined ? !(error instanceof TypeError) : status >= 500 || status === 429;
  if (!mayPass) return error;
  const reason = message.split("\n")[0] || code || name;
  return new StoreUnreachable(`s3://${bucket}/${key} could not be reached: ${reason}`, error);
}
