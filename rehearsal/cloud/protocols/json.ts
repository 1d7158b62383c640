import type { Protocol } from "./service";

/** AWS JSON 1.1 (ECS, ECR, Logs, SSM, Secrets Manager): the operation is in a header, times are Unix seconds. */
export const jsonProtocol: Protocol = {
  contentType: "application/x-amz-json-1.1",
  refusals: { accessDenied: "AccessDeniedException", unknownKey: "UnrecognizedClientException" },
  read: (request, body) => ({
    operation: String(request.headers["x-amz-target"] ?? "")
      .split(".")
      .at(-1)!,
    input: body === "" ? {} : JSON.parse(body),
  }),
  write: (_, output) => JSON.stringify(output),
  writeError: (code, message) => JSON.stringify({ __type: code, message }),
};
