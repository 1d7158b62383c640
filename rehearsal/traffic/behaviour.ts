import type { ClientClass } from "./types";

/** What makes a class of clients what it is. */
export interface Behaviour {
  /** Whether it asks DNS again when the answer's TTL is over. */
  followsTtl: boolean;
  /** How many of the answer's addresses it uses, from the first on. */
  addressesUsed: number;
  /** Requests after which a connection is closed and another one opened; spread by ±50 % so that clients do not move in step. */
  requestsPerConnection: number;
  /** AWS seconds after which it closes a connection that nothing uses; null for never. */
  idleSeconds: number | null;
}

// ALB closes connections that were idle for 60 s. Clients close theirs well before that, or a request could leave just as
// the load balancer hangs up: a failure that no deploy has caused.
const IDLE_SECONDS = 20;

export const BEHAVIOURS: Readonly<Record<ClientClass, Behaviour>> = {
  // 20 requests a connection keeps TLS handshakes to 5 % of the requests.
  honest: { followsTtl: true, addressesUsed: 3, requestsPerConnection: 20, idleSeconds: IDLE_SECONDS },
  sticky: { followsTtl: false, addressesUsed: 2, requestsPerConnection: 60, idleSeconds: IDLE_SECONDS },
  keepAlive: {
    followsTtl: false,
    addressesUsed: 1,
    requestsPerConnection: Number.POSITIVE_INFINITY,
    idleSeconds: null,
  },
};
