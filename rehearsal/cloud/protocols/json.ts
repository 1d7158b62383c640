import type { Protocol } from "./service";

/** AWS JSON 1.1 (ECS, ECR, Logs, SSM, Secrets Manager): the operation is in a header, times are Unix seconds. */
export const jsonProtocol: Protocol = {
  contentType: "application/x-amz-json-1.1",
  refusals: {
    accessDenied: "AccessDeniedException",
    unknownKey: "UnrecognizedClientException",
    expiredToken: "ExpiredTokenException",
  },
  read: (request, body) => ({
    operation: String(request.headers["x-amz-target"] ?? "")
      .split(".")
      .at(-1)!,
    input: body.length === 0 ? {} : JSON.parse(body.toString()),
  }),
  write: (_, output) => JSON.stringify(output),
  writeError: (code, message) => JSON.stringify({ __type: code, message }),
};

/**
 * Returns the protocol of a service that once spoke AWS Query (SQS, CloudWatch): AWS JSON 1.0, with the old error
 * code in a header, where code of that time still looks for it.
 *
 * @param namespace of the error codes, such as `com.amazonaws.sqs`
 * @param queryCode gives the old code
 */
export function jsonProtocolAfterQuery(namespace: string, queryCode: (code: string) => string): Protocol {
  return {
    ...jsonProtocol,
    contentType: "application/x-amz-json-1.0",
    refusals: { accessDenied: "AccessDenied", unknownKey: "InvalidClientTokenId", expiredToken: "ExpiredToken" },
    writeError: (code, message) => JSON.stringify({ __type: `${namespace}#${code}`, message }),
    errorHeaders: (code) => ({ "x-amzn-query-error": `${queryCode(code)};Sender` }),
  };
}
