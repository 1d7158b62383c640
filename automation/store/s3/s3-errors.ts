import { UserError } from "../../../components/core/user-error";
import { credentialsProblem } from "../../core/credentials-problem";
import { StoreUnreachable } from "../../ports/store";

interface S3Error {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** Errors that another try does not help against: a person has to act first. */
const REFUSALS: Record<string, (bucket: string) => string> = {
  NoSuchBucket: (bucket) => `bucket ${bucket} does not exist: run \`pulumi up\` to make it, or give another --store`,
  AccessDenied: (bucket) =>
    `bucket ${bucket} refuses access: deploys need s3:GetObject and s3:PutObject on its objects and s3:ListBucket on it`,
  PermanentRedirect: (bucket) => `bucket ${bucket} is in another region: correct aws:region in the stack's settings`,
  AuthorizationHeaderMalformed: (bucket) =>
    `bucket ${bucket} is in another region: correct aws:region in the stack's settings`,
};

/**
 * Returns what to throw for an error of S3: a UserError of one line for what a person can correct, `StoreUnreachable`
 * for what may pass, and the error itself for anything unforeseen.
 * @param key the key that was asked for
 */
export function explainS3Error(error: unknown, bucket: string, key: string): unknown {
  if (error instanceof UserError) return error;
  const { name = "", message = "", code, $metadata } = error as S3Error;
  const status = $metadata?.httpStatusCode;
  const refusal = REFUSALS[name] ?? (status === 403 ? REFUSALS.AccessDenied : undefined);
  const problem = credentialsProblem(error) ?? refusal?.(bucket);
  if (problem) return new UserError(`${problem} (s3://${bucket}/${key}: ${name})`, { exitCode: 1, cause: error });
  const mayPass = status === undefined ? !(error instanceof TypeError) : status >= 500 || status === 429;
  if (!mayPass) return error;
  const reason = message.split("\n")[0] || code || name;
  return new StoreUnreachable(`s3://${bucket}/${key} could not be reached: ${reason}`, error);
}
