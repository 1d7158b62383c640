import { AwsError } from "../kernel/aws-error";
import type { Protocol } from "./service";
import { elements } from "./xml";

const NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";
/** Operations by method and path, as in Route 53's API reference. */
const ROUTES: { operation: string; method: string; path: RegExp; parameter: string }[] = [
  {
    operation: "ListResourceRecordSets",
    method: "GET",
    path: /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset$/,
    parameter: "HostedZoneId",
  },
  { operation: "GetChange", method: "GET", path: /^\/2013-04-01\/change\/([^/]+)$/, parameter: "Id" },
];

/** REST with XML (Route 53): the operation is the path. A list's items are named by its singular. */
export const route53Protocol: Protocol = {
  contentType: "text/xml",
  refusals: { accessDenied: "AccessDenied", unknownKey: "InvalidClientTokenId" },
  read: ({ method, url }) => {
    const { pathname, searchParams } = new URL(url ?? "/", "http://route53");
    for (const route of ROUTES) {
      const [, value] = (route.method === method && route.path.exec(pathname)) || [];
      if (value !== undefined) {
        return {
          operation: route.operation,
          input: { [route.parameter]: decodeURIComponent(value), ...Object.fromEntries(searchParams) },
        };
      }
    }
    const known = ROUTES.map(({ operation }) => operation).join(", ");
    throw new AwsError(
      "InvalidAction",
      `the rehearsal cloud has no route53 operation ${method} ${pathname}; it has ${known}`,
    );
  },
  write: (operation, output) =>
    `<${operation}Response xmlns="${NAMESPACE}">${elements(output, singular)}</${operation}Response>`,
  writeError: (code, message) =>
    `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type>${elements({ Code: code, Message: message }, singular)}</Error></ErrorResponse>`,
};

function singular(list: string): string {
  return list.replace(/s$/, "");
}
