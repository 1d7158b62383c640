import { AwsError } from "../kernel/aws-error";
import type { Input, Protocol } from "./service";
import { elements } from "./xml";

/** An operation's method and path, as in the service's API reference. */
export interface Route {
  operation: string;
  method: string;
  /** Has one group, the value of `parameter`, if there is one. */
  path: RegExp;
  parameter?: string;
  /** Returns the parameters in a body. Default: there is none. */
  readBody?(xml: string): Input;
}

/** Returns REST with XML (Route 53): the path is the operation, and a list's items are named by its singular. */
export function restXmlProtocol(service: string, namespace: string, routes: readonly Route[]): Protocol {
  return {
    contentType: "text/xml",
    refusals: { accessDenied: "AccessDenied", unknownKey: "InvalidClientTokenId", expiredToken: "ExpiredToken" },
    read: ({ method, url }, body) => {
      const { pathname, searchParams } = new URL(url ?? "/", `http://${service}`);
      for (const route of routes) {
        const found = route.method === method && route.path.exec(pathname);
        if (!found) continue;
        return {
          operation: route.operation,
          input: {
            ...(route.parameter === undefined ? {} : { [route.parameter]: decodeURIComponent(found[1]!) }),
            ...Object.fromEntries(searchParams),
            ...route.readBody?.(body.toString()),
          },
        };
      }
      const known = routes.map(({ operation }) => operation).join(", ");
      throw new AwsError(
        "InvalidAction",
        `the rehearsal cloud has no ${service} operation ${method} ${pathname}; it has ${known}`,
      );
    },
    write: (operation, output) =>
      `<${operation}Response xmlns="${namespace}">${elements(output, singular)}</${operation}Response>`,
    writeError: (code, message) =>
      `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type>${elements({ Code: code, Message: message }, singular)}</Error></ErrorResponse>`,
  };
}

function singular(list: string): string {
  return list.replace(/s$/, "");
}
