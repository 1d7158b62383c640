import { type Route, readRoute } from "./routes";
import type { Protocol } from "./service";
import { elements } from "./xml";

/** Returns REST with XML (Route 53): the path is the operation, and a list's items are named by its singular. */
export function restXmlProtocol(service: string, namespace: string, routes: readonly Route[]): Protocol {
  return {
    contentType: "text/xml",
    refusals: { accessDenied: "AccessDenied", unknownKey: "InvalidClientTokenId", expiredToken: "ExpiredToken" },
    read: (request, body) => readRoute(service, routes, request, body),
    write: (operation, output) =>
      `<${operation}Response xmlns="${namespace}">${elements(output, singular)}</${operation}Response>`,
    writeError: (code, message) =>
      `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type>${elements({ Code: code, Message: message }, singular)}</Error></ErrorResponse>`,
  };
}

function singular(list: string): string {
  return list.replace(/s$/, "");
}
