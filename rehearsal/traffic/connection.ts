import { Client } from "undici";
import type { Dialer } from "./dial";
import { RequestFailure } from "./failure";
import type { InFlightRequest } from "./in-flight-request";

const NEVER_MS = 24 * 3_600_000;

export interface ConnectionSettings {
  /** Requests after which it is spent. */
  requests: number;
  /** Real milliseconds without a request after which it closes by itself; null for never. */
  idleMs: number | null;
  /** Called each time that the TLS handshake is over. */
  connected: () => void;
}

/**
 * One connection to one address that carries one request at a time. When the server closed it between two requests, the
 * next one opens it anew; a request that was written is never sent a second time.
 */
export class Connection {
  readonly address: string;
  readonly #http: Client;
  #requestsLeft: number;

  constructor(dialer: Dialer, address: string, settings: ConnectionSettings) {
    this.address = address;
    this.#requestsLeft = settings.requests;
    const idleMs = settings.idleMs ?? NEVER_MS;
    this.#http = new Client(dialer.origin, {
      connect: dialer.to(address),
      pipelining: 1,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: idleMs,
      // The open loop has its own timeout, counted from the scheduled instant.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#http.on("connect", settings.connected);
  }

  get isSpent(): boolean {
    return this.#requestsLeft <= 0;
  }

  /** `done` is called when the flight has ended and the connection may carry the next one, unless it is `broken`. */
  carry(flight: InFlightRequest, done: (broken: boolean) => void): void {
    this.#requestsLeft -= 1;
    let status = 0;
    let release = "";
    this.#http.dispatch(flight.request, {
      onRequestStart() {},
      onResponseStart(_controller, statusCode, headers) {
        status = statusCode;
        release = String(headers["x-release"] ?? "");
      },
      onResponseData() {},
      onResponseEnd() {
        flight.answered(status, release);
        done(false);
      },
      onResponseError(_controller, error) {
        flight.failed(error, status, release);
        done(true);
      },
    });
  }

  /** Once the request that it carries has ended. */
  close(): void {
    // One that is destroyed already has nothing left to close.
    if (!this.#http.destroyed) void this.#http.close();
  }

  /** At once, without regard for the request that it carries. */
  destroy(): void {
    void this.#http.destroy(new RequestFailure("destroyed"));
  }
}
