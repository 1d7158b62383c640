import type * as undici from "undici";
import { proxyFor } from "./proxy";

/** Loads undici with the first request: a rollback needs it only after it has changed the rules, and it takes a while. */
export function httpLibrary(): typeof undici {
  return require("undici");
}

/**
 * Returns what makes new connections to a server by HTTPS, through the proxy that the environment names for it.
 * @param url whose host is the name in the certificate, also where a request connects to another one
 * @param options.allowH2 whether it speaks HTTP/2 with a server that does
 * @param options.timeoutMs for each connection
 */
export function dispatcherFor(
  url: string,
  { allowH2, timeoutMs }: { allowH2: boolean; timeoutMs: number },
): undici.Dispatcher {
  const { Agent, ProxyAgent } = httpLibrary();
  const uri = proxyFor(url);
  const tls = { servername: new URL(url).hostname, timeout: timeoutMs, allowH2 };
  return uri ? new ProxyAgent({ uri, allowH2, requestTls: tls }) : new Agent({ allowH2, connect: tls });
}
