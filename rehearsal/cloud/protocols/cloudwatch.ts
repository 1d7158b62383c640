import { jsonProtocol } from "./json";
import type { Protocol } from "./service";

/** Codes that were other words when CloudWatch spoke AWS Query; old clients' code still looks for those. */
const QUERY_CODES: Record<string, string> = {
  ValidationException: "ValidationError",
  InvalidParameterValueException: "InvalidParameterValue",
};

/** AWS JSON 1.0, with AWS Query's error codes in a header: what the SDK speaks since 2025. */
export const cloudWatchProtocol: Protocol = {
  ...jsonProtocol,
  contentType: "application/x-amz-json-1.0",
  refusals: { accessDenied: "AccessDenied", unknownKey: "InvalidClientTokenId" },
  writeError: (code, message) => JSON.stringify({ __type: `com.amazonaws.cloudwatch#${code}`, message }),
  errorHeaders: (code) => ({ "x-amzn-query-error": `${QUERY_CODES[code] ?? code};Sender` }),
};
