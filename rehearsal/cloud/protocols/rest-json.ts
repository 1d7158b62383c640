import { type Route, readRoute } from "./routes";
import type { Protocol } from "./service";

const STATUS: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ConflictException: 409,
  ResourceNotFoundException: 404,
};

/** Returns REST with JSON (EventBridge Scheduler, Lambda): the path is the operation, and an error's code is in a header. */
export function restJsonProtocol(service: string, routes: readonly Route[]): Protocol {
  return {
    contentType: "application/json",
    refusals: {
      accessDenied: "AccessDeniedException",
      unknownKey: "UnrecognizedClientException",
      expiredToken: "ExpiredTokenException",
    },
    read: (request, body) => readRoute(service, routes, request, body),
    write: (_, output) => JSON.stringify(output),
    writeError: (code, message) => JSON.stringify({ Message: message, __type: code }),
    errorStatus: (code) => STATUS[code] ?? 400,
    errorHeaders: (code) => ({ "x-amzn-errortype": code }),
  };
}
