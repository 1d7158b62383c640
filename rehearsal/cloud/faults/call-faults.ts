import { AwsError } from "../kernel/aws-error";
import { AWS_SERVICES, type AwsCall, type AwsServiceName } from "../kernel/aws-services";
import type { CloudContext } from "../kernel/context";

/** The provider's own `max_retries`. */
export const MAX_ATTEMPTS = 25;

/** AWS's answer to a call that a fault is injected into. */
export interface CallFailure {
  status: 400 | 500;
  code: string;
  message: string;
}

/** AWS's answer when it fails by itself. */
export const SERVER_ERROR: CallFailure = {
  status: 500,
  code: "InternalFailure",
  message: "The request processing has failed because of an unknown error, exception or failure.",
};

/** Returns the failure of one call to AWS, made by an SDK or by the provider; undefined if the call goes through. */
export function failureOfCall({ faults }: CloudContext, call: AwsCall): CallFailure | undefined {
  const concerns = (parameters: { operation: string }) => covers(parameters.operation, call);
  if (faults?.inject("throttle", concerns, call)) {
    return {
      status: 400,
      code: AWS_SERVICES[serviceOf(call)].throttlingCode ?? "Throttling",
      message: "Rate exceeded",
    };
  }
  if (faults?.inject("serverError", concerns, call)) return SERVER_ERROR;
  // The call takes effect; its answer is lost with the connection.
  faults?.inject(
    "restart",
    (parameters) => parameters.operation !== undefined && concerns({ operation: parameters.operation }),
    call,
  );
  return undefined;
}

/**
 * Fails a call to the API if a fault is injected into it.
 * @throws AwsError when it is throttled
 * @throws Error for a server error, which is no refusal
 */
export function failCall(context: CloudContext, call: AwsCall): void {
  const failure = failureOfCall(context, call);
  if (failure?.status === 400) throw new AwsError(failure.code, failure.message);
  if (failure) throw new Error(failure.message);
}

/** Returns the error of a provider whose client has given up, in the words of the AWS SDK for Go. */
export function retriesExhausted(context: CloudContext, call: AwsCall, cause: CallFailure | "answer lost"): Error {
  const { random, region } = context;
  const service = serviceOf(call);
  const operation = call.slice(service.length + 1);
  const requestId = random.uuid();
  const why =
    cause === "answer lost"
      ? `https response error StatusCode: 0, RequestID: , request send failed, Post "https://${service}.${region}.amazonaws.com/": read: connection reset by peer`
      : `https response error StatusCode: ${cause.status}, RequestID: ${requestId}, api error ${cause.code}: ${cause.message}`;
  return new Error(
    `operation error ${AWS_SERVICES[service].sdkName}: ${operation}, exceeded maximum number of attempts, ${MAX_ATTEMPTS}, ${why}`,
  );
}

function serviceOf(call: AwsCall): AwsServiceName {
  return call.slice(0, call.indexOf(":")) as AwsServiceName;
}

/** @param pattern such as `ecs:Describe*`; `*` covers every call */
function covers(pattern: string, call: string): boolean {
  return pattern.endsWith("*") ? call.startsWith(pattern.slice(0, -1)) : call === pattern;
}
