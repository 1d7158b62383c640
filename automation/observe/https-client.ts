import { lookup, Resolver } from "node:dns/promises";
import { type HttpClient, type HttpRequest, type HttpResponse, RELEASE_HEADER } from "../ports/http-client";
import { dispatcherFor, httpLibrary } from "./dispatcher";
import { proxyFor } from "./proxy";

/** Longer than any load balancer needs to respond with 502 or 503. */
const TIMEOUT_MS = 10_000;

/**
 * Sends real requests, each on a new connection, so that every request resolves the name and checks the certificate. A
 * proxy resolves names by itself, and often refuses addresses, so nobody's addresses are known then; unless
 * AOSHINGO_NAME_SERVERS has name servers to ask, such as `127.20.0.1:20053,127.20.0.2:20053`.
 */
export const httpsClient: HttpClient = {
  async get({ url, via, address, hostHeader, protocol = "http1" }: HttpRequest): Promise<HttpResponse> {
    const { host, hostname, port, pathname, search } = new URL(url);
    if (protocol === "grpc") {
      // Most deploys need no gRPC, and the package takes a while to load.
      const { callGrpc } = require("./grpc-call") as typeof import("./grpc-call");
      const at = { host, address: address ?? via, timeoutMs: TIMEOUT_MS };
      return callGrpc({ ...at, method: pathname, proxy: proxyFor(url) });
    }
    const dispatcher = dispatcherFor(url, { allowH2: protocol === "http2", timeoutMs: TIMEOUT_MS });
    try {
      const response = await httpLibrary().request(
        `https://${address ?? via ?? hostname}${port && `:${port}`}${pathname}${search}`,
        {
          dispatcher,
          headers: { host: hostHeader ?? host },
          headersTimeout: TIMEOUT_MS,
          bodyTimeout: TIMEOUT_MS,
        },
      );
      await response.body.dump();
      const release = response.headers[RELEASE_HEADER];
      return { status: response.statusCode, release: typeof release === "string" ? release : "" };
    } finally {
      await dispatcher.destroy();
    }
  },

  async addresses(name: string, url: string): Promise<string[]> {
    const { AOSHINGO_NAME_SERVERS: nameServers } = process.env;
    if (nameServers) {
      const resolver = new Resolver();
      resolver.setServers(nameServers.split(","));
      return resolver.resolve4(name);
    }
    if (proxyFor(url) !== undefined) return [];
    return (await lookup(name, { all: true, family: 4 })).map(({ address }) => address);
  },
};
