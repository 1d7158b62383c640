import type * as undici from "undici";

/** Loads undici with the first request: a rollback needs it only after it has changed the rules, and it takes a while. */
export function httpLibrary(): typeof undici {
  return require("undici");
}

/**
 * Returns what makes new connections to a server by HTTPS. It honours HTTPS_PROXY, as most programs do: behind a company's proxy,
 * and to reach the rehearsal cloud by its production names.
 * @param servername of the certificate
 * @param options.allowH2 whether it speaks HTTP/2 with a server that does
 * @param options.timeoutMs for each connection
 */
export function dispatcherFor(
  servername: string,
  { allowH2, timeoutMs }: { allowH2: boolean; timeoutMs: number },
): undici.Dispatcher {
  const { Agent, ProxyAgent } = httpLibrary();
  const uri = proxy();
  const tls = { servername, timeout: timeoutMs, allowH2 };
  return uri ? new ProxyAgent({ uri, allowH2, requestTls: tls }) : new Agent({ allowH2, connect: tls });
}

/** The proxy's URL; undefined without one. */
export function proxy(): string | undefined {
  return (process.env.HTTPS_PROXY ?? process.env.https_proxy) || undefined;
}
