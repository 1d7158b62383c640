import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from "node:http2";
import { callHead, EMPTY_MESSAGE } from "../grpc-request";
import { ASKS_FOR_TARGET, toldTarget } from "../told-target";
import type { CarryingConnection, ConnectionSettings } from "./connection";
import type { Dialer } from "./dial";
import { RequestFailure } from "./failure";
import type { InFlightRequest } from "./in-flight-request";

/**
 * A connection for calls of gRPC, whose status comes in the trailers; undici drops those of HTTP/2. It is no client library
 * of gRPC, because these resolve names and choose connections by themselves. A call that the server has refused unseen, as
 * it does with those that meet its GOAWAY, is sent again, as every client of gRPC does.
 */
export class GrpcConnection implements CarryingConnection {
  #session: ClientHttp2Session | null = null;
  #requestsLeft: number;

  constructor(
    private readonly dialer: Dialer,
    readonly address: string,
    private readonly settings: ConnectionSettings,
  ) {
    this.#requestsLeft = settings.requests;
  }

  get isSpent(): boolean {
    return this.#requestsLeft <= 0;
  }

  carry(request: InFlightRequest, done: (broken: boolean) => void): void {
    this.#requestsLeft -= 1;
    this.#send(request, done, true);
  }

  #send(request: InFlightRequest, done: (broken: boolean) => void, mayAgain: boolean): void {
    const session = this.#opened();
    let error: Error | undefined;
    const failed = (given: Error) => {
      // A stream that waits for its connection fails with an error of its own, whose cause is the connection's.
      error ??= given.cause instanceof Error ? given.cause : given;
    };
    session.once("error", failed);
    const stream = session.request({ ...callHead(request.plan.stream.getPath), ...ASKS_FOR_TARGET });
    let head: IncomingHttpHeaders & { ":status"?: number } = {};
    let grpcStatus: string | undefined;
    const readStatus = (headers: IncomingHttpHeaders) => {
      grpcStatus = headers["grpc-status"]?.toString() ?? grpcStatus;
    };
    stream.on("response", (headers) => {
      head = headers;
      readStatus(headers);
    });
    stream.on("trailers", readStatus);
    stream.on("error", failed);
    stream.once("close", () => {
      session.off("error", failed);
      if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && mayAgain && !request.ended) {
        this.#send(request, done, false);
        return;
      }
      const status = head[":status"] ?? 0;
      const told = toldTarget(head);
      const isWhole = stream.rstCode === constants.NGHTTP2_NO_ERROR && error === undefined && status !== 0;
      // An answer of the load balancer itself has no status of gRPC.
      if (isWhole && (grpcStatus !== undefined || status !== 200)) request.answeredByGrpc(status, told, grpcStatus);
      else request.failed(error ?? new RequestFailure("closed"), status, told);
      done(!isWhole);
    });
    stream.resume();
    stream.end(EMPTY_MESSAGE);
  }

  close(): void {
    this.#session?.close();
  }

  destroy(): void {
    this.#session?.destroy(new RequestFailure("destroyed"));
  }

  #opened(): ClientHttp2Session {
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const { idleMs, connected } = this.settings;
    const socket = this.dialer.dial(this.address, true);
    const session = connect(this.dialer.origin, { createConnection: () => socket });
    socket.once("secureConnect", () => {
      if (socket.alpnProtocol === "h2") connected();
      else session.destroy(new RequestFailure("noHttp2"));
    });
    // A request reports it, if one is under way.
    session.on("error", () => undefined);
    // Not before it is open: a session that is closed while it opens fails the request that waits for it.
    if (idleMs !== null) session.once("connect", () => session.setTimeout(idleMs, () => session.close()));
    this.#session = session;
    return session;
  }
}
