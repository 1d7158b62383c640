import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { type HttpClient, type HttpRequest, type HttpResponse, RELEASE_HEADER } from "../ports/http-client";

/** Longer than any load balancer needs to respond with 502 or 503. */
const TIMEOUT_MS = 10_000;

/**
 * Sends real requests, each on a new connection, so that every request resolves the name and checks the certificate. It
 * honours HTTPS_PROXY, as most programs do: behind a company's proxy, and to reach the rehearsal cloud by its
 * production names.
 */
export const httpsClient: HttpClient = {
  async get({ url, via, hostHeader }: HttpRequest): Promise<HttpResponse> {
    const { host, pathname, search } = new URL(url);
    const dispatcher = dispatcherFor(host.split(":")[0]!);
    try {
      const response = await request(`https://${via ?? host}${pathname}${search}`, {
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
};

function dispatcherFor(servername: string): Dispatcher {
  const proxy = process.env.HTTPS_PROXY ?? process.env.https_proxy;
  if (proxy) return new ProxyAgent({ uri: proxy, requestTls: { servername, timeout: TIMEOUT_MS } });
  return new Agent({ connect: { servername, timeout: TIMEOUT_MS } });
}
