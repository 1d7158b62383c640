import type { IncomingMessage } from "node:http";
import { AwsError } from "../kernel/aws-error";
import type { Input } from "./service";

/** An operation's method and path, as in the service's API reference. */
export interface Route {
  operation: string;
  method: string;
  /** Has one group, the value of `parameter`, if there is one. */
  path: RegExp;
  parameter?: string;
  /** Names of parameters by their names in the query. Default: they are the same. */
  query?: Readonly<Record<string, string>>;
  /** Returns the parameters in a body. Default: there is none. */
  readBody?(body: string): Input;
}

/**
 * Reads a request of a service whose operations are told apart by their paths.
 * @throws AwsError `InvalidAction`, with the service's operations
 */
export function readRoute(
  service: string,
  routes: readonly Route[],
  { method, url }: IncomingMessage,
  body: Buffer,
): { operation: string; input: Input } {
  const { pathname, searchParams } = new URL(url ?? "/", `http://${service}`);
  for (const { operation, method: wanted, path, parameter, query = {}, readBody } of routes) {
    const found = method === wanted && path.exec(pathname);
    if (!found) continue;
    const asked = [...searchParams].map(([name, value]) => [query[name] ?? name, value]);
    return {
      operation,
      input: {
        ...(parameter === undefined ? {} : { [parameter]: decodeURIComponent(found[1]!) }),
        ...Object.fromEntries(asked),
        ...readBody?.(body.toString()),
      },
    };
  }
  const known = routes.map(({ operation }) => operation).join(", ");
  throw new AwsError(
    "InvalidAction",
    `the rehearsal cloud has no ${service} operation ${method} ${pathname}; it has ${known}`,
  );
}
