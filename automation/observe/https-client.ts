import { lookup, Resolver } from "node:dns/promises";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { type HttpClient, type HttpRequest, type HttpResponse, RELEASE_HEADER } from "../ports/http-client";

/** Longer than any load balancer needs to respond with 502 or 503. */
const TIMEOUT_MS = 10_000;

/**
 * Sends real requests, each on a new connection, so that every request resolves the name and checks the certificate. It
 * honours HTTPS_PROXY, as most programs do: behind a company's proxy, and to reach the rehearsal cloud by its
 * production names. A proxy resolves names by itself, and often refuses addresses, so nobody's addresses are known
 * then; unless AOSHINGO_NAME_SERVERS has name servers to ask, such as `127.20.0.1:20053,127.20.0.2:20053`.
 */
export const httpsClient: HttpClient = {
  async get({ url, via, address, hostHeader }: HttpRequest): Promise<HttpResponse> {
    const { host, pathname, search } = new URL(url);
    const dispatcher = dispatcherFor(host.split(":")[0]!);
    try {
      const response = await request(`https://${address ?? via ?? host}${pathname}${search}`, {
        dispatcher,
        headers: { host: hostHeader ?? host },
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      });
      await response.body.dump();
      const release = response.headers[RELEASE_HEADER];
      return { status: response.statusCode, release: typeof release === "string" ? release : "" };
    } finally {
      await dispatcher.destroy();
    }
  },

  async addresses(name: string): Promise<string[]> {
    const { AOSHINGO_NAME_SERVERS: nameServers } = process.env;
    if (nameServers) {
      const resolver = new Resolver();
      resolver.setServers(nameServers.split(","));
      return resolver.resolve4(name);
    }
    if (proxy() !== undefined) return [];
    return (await lookup(name, { all: true, family: 4 })).map(({ address }) => address);
  },
};

function dispatcherFor(servername: string): Dispatcher {
  const uri = proxy();
  if (uri) return new ProxyAgent({ uri, requestTls: { servername, timeout: TIMEOUT_MS } });
  return new Agent({ connect: { servername, timeout: TIMEOUT_MS } });
}

function proxy(): string | undefined {
  return (process.env.HTTPS_PROXY ?? process.env.https_proxy) || undefined;
}
