import type { TrafficStream } from "./types";

/** How a class of clients behaves. */
export interface Behaviour {
  /** Whether it asks DNS again when the answer's TTL is over. */
  followsTtl: boolean;
  /** The number of the answer's addresses that it uses, from the first on. */
  addressesUsed: number;
  /** Requests after which it replaces a connection; spread by ±50 % so that clients do not move in step. */
  requestsPerConnection: number;
  /** AWS seconds after which it closes a connection that nothing uses; null for never. */
  idleSeconds: number | null;
  /** Whether it speaks HTTP/2; a connection on which the server does not fails its requests as `noHttp2`. */
  http2: boolean;
}

/**
 * An ALB closes connections that were idle for 60 s. Clients close theirs well before that. Otherwise a request could
 * leave just when the load balancer hangs up: a failure that no deploy has caused.
 */
const IDLE_SECONDS = 20;

export const BEHAVIOURS: Readonly<Record<TrafficStream["behaviour"], Behaviour>> = {
  // 20 requests a connection keeps TLS handshakes to 5 % of the requests.
  honest: { followsTtl: true, addressesUsed: 3, requestsPerConnection: 20, idleSeconds: IDLE_SECONDS, http2: false },
  sticky: { followsTtl: false, addressesUsed: 2, requestsPerConnection: 60, idleSeconds: IDLE_SECONDS, http2: false },
  keepAlive: {
    followsTtl: false,
    addressesUsed: 1,
    requestsPerConnection: Number.POSITIVE_INFINITY,
    idleSeconds: null,
    http2: false,
  },
  // One connection for many requests is what HTTP/2 is for.
  http2: { followsTtl: true, addressesUsed: 3, requestsPerConnection: 1_000, idleSeconds: IDLE_SECONDS, http2: true },
};
