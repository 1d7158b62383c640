import { AwsError } from "../kernel/aws-error";
import type { Protocol } from "./service";

/** An operation's method and path, as in the service's API reference. */
export interface JsonRoute {
  operation: string;
  method: string;
  /** Has one group, the value of `parameter`. */
  path: RegExp;
  parameter: string;
  /** Names of parameters by their names in the query. */
  query: Readonly<Record<string, string>>;
  /** Parameter that the request's body is, as it came. Default: it has none. */
  body?: string;
}

const STATUS: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ConflictException: 409,
  ResourceNotFoundException: 404,
};

/** Returns REST with JSON (EventBridge Scheduler, Lambda): the path is the operation, and an error's code is in a header. */
export function restJsonProtocol(service: string, routes: readonly JsonRoute[]): Protocol {
  return {
    contentType: "application/json",
    refusals: {
      accessDenied: "AccessDeniedException",
      unknownKey: "UnrecognizedClientException",
      expiredToken: "ExpiredTokenException",
    },
    read: ({ method, url }, sent) => {
      const { pathname, searchParams } = new URL(url ?? "/", `http://${service}`);
      for (const { operation, method: wanted, path, parameter, query, body } of routes) {
        const found = method === wanted && path.exec(pathname);
        if (!found) continue;
        const asked = [...searchParams].map(([key, value]) => [query[key] ?? key, value]);
        const input = { [parameter]: decodeURIComponent(found[1]!), ...Object.fromEntries(asked) };
        return { operation, input: body === undefined ? input : { ...input, [body]: sent.toString() } };
      }
      const known = routes.map(({ operation }) => operation).join(", ");
      throw new AwsError(
        "InvalidAction",
        `the rehearsal cloud has no ${service} operation ${method} ${pathname}; it has ${known}`,
      );
    },
    write: (_, output) => JSON.stringify(output),
    writeError: (code, message) => JSON.stringify({ Message: message, __type: code }),
    errorStatus: (code) => STATUS[code] ?? 400,
    errorHeaders: (code) => ({ "x-amzn-errortype": code }),
  };
}
