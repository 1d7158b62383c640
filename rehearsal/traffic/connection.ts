import { Client } from "undici";
import { type ToldTarget, toldTarget } from "../told-target";
import type { Dialer } from "./dial";
import { RequestFailure } from "./failure";
import type { InFlightRequest } from "./in-flight-request";

const NEVER_MS = 24 * 3_600_000;

export interface ConnectionSettings {
  /** The connection is spent after so many requests. */
  requests: number;
  /** Real milliseconds without a request after which the connection closes by itself; null for never. */
  idleMs: number | null;
  http2: boolean;
  /** Called after each TLS handshake. */
  connected: () => void;
}

/** What a client needs of a connection, whatever it speaks. */
export interface CarryingConnection {
  readonly address: string;
  /** True once it may carry no more requests. */
  readonly isSpent: boolean;
  /**
   * @param done called when the request has ended; the connection may then carry the next one, unless it is `broken`
   */
  carry(request: InFlightRequest, done: (broken: boolean) => void): void;
  /** Closes it once the request that it carries has ended. */
  close(): void;
  /** Closes it at once, without regard for the request that it carries. */
  destroy(): void;
}

/**
 * A connection to one address that carries one request at a time. When the server closed it between two requests, the
 * next one opens it again; a request that was written is never sent a second time.
 */
export class Connection implements CarryingConnection {
  readonly address: string;
  readonly #http: Client;
  #requestsLeft: number;

  constructor(dialer: Dialer, address: string, settings: ConnectionSettings) {
    this.address = address;
    this.#requestsLeft = settings.requests;
    const idleMs = settings.idleMs ?? NEVER_MS;
    this.#http = new Client(dialer.origin, {
      connect: dialer.to(address, settings.http2),
      allowH2: settings.http2,
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

  carry(request: InFlightRequest, done: (broken: boolean) => void): void {
    this.#requestsLeft -= 1;
    let status = 0;
    let told: ToldTarget | undefined;
    let body = "";
    const isRead = request.expected !== "";
    this.#http.dispatch(request.httpRequest, {
      onRequestStart() {},
      onResponseStart(_controller, statusCode, headers) {
        status = statusCode;
        told = toldTarget(headers);
      },
      onResponseData(_controller, part) {
        if (isRead) body += part.toString("latin1");
      },
      onResponseEnd() {
        request.answered(status, told, body);
        done(false);
      },
      onResponseError(_controller, error) {
        request.failed(error, status, told);
        done(true);
      },
    });
  }

  close(): void {
    // undici throws for a client that is destroyed already.
    if (!this.#http.destroyed) void this.#http.close();
  }

  destroy(): void {
    void this.#http.destroy(new RequestFailure("destroyed"));
  }
}
