import { AwsError } from "../kernel/aws-error";
import type { CloudContext } from "../kernel/context";
import { SERVICE_IDS } from "./fault";

/** Services of the JSON protocol name it so; the others say `Throttling`. */
const THROTTLING_CODES: Readonly<Record<string, string>> = {
  ecr: "ThrottlingException",
  ecs: "ThrottlingException",
  logs: "ThrottlingException",
  secretsmanager: "ThrottlingException",
  sqs: "RequestThrottled",
  ssm: "ThrottlingException",
};

/** How AWS answers a call that a fault strikes. */
export interface CallFailure {
  status: 400 | 500;
  code: string;
  message: string;
}

/** AWS's own words for an error of its own. */
export const SERVER_ERROR: CallFailure = {
  status: 500,
  code: "InternalFailure",
  message: "The request processing has failed because of an unknown error, exception or failure.",
};

/** The failure of one call to AWS, made by an SDK or by the provider; undefined lets it through. */
export function failureOfCall({ faults }: CloudContext, service: string, operation: string): CallFailure | undefined {
  const call = `${service}:${operation}`;
  const concerns = (parameters: { operation: string }) => covers(parameters.operation, call);
  if (faults?.strike("throttle", concerns, call)) {
    return { status: 400, code: THROTTLING_CODES[service] ?? "Throttling", message: "Rate exceeded" };
  }
  if (faults?.strike("serverError", concerns, call)) return SERVER_ERROR;
  // Such a call takes effect; its answer is lost with the connection.
  faults?.strike(
    "restart",
    (parameters) => parameters.operation !== undefined && concerns({ operation: parameters.operation }),
    call,
  );
  return undefined;
}

/** For the API: throws what its answer says. A server error is no refusal, so it is no AwsError. */
export function failCall(context: CloudContext, service: string, operation: string): void {
  const failure = failureOfCall(context, service, operation);
  if (failure?.status === 400) throw new AwsError(failure.code, failure.message);
  if (failure) throw new Error(failure.message);
}

/** What the provider ends with when its client has given up, in the words of the AWS SDK for Go. */
export function givenUp(
  context: CloudContext,
  { service, operation, cause }: { service: string; operation: string; cause: CallFailure | "answer lost" },
): Error {
  const { random, region } = context;
  const requestId = [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join("-");
  const why =
    cause === "answer lost"
      ? `https response error StatusCode: 0, RequestID: , request send failed, Post "https://${service}.${region}.amazonaws.com/": read: connection reset by peer`
      : `https response error StatusCode: ${cause.status}, RequestID: ${requestId}, api error ${cause.code}: ${cause.message}`;
  return new Error(
    `operation error ${SERVICE_IDS[service] ?? service}: ${operation}, exceeded maximum number of attempts, ${MAX_ATTEMPTS}, ${why}`,
  );
}

/** The provider's own `max_retries`. */
export const MAX_ATTEMPTS = 25;

/** @param pattern such as `ecs:Describe*`; `*` covers all */
function covers(pattern: string, call: string): boolean {
  return pattern.endsWith("*") ? call.startsWith(pattern.slice(0, -1)) : call === pattern;
}
