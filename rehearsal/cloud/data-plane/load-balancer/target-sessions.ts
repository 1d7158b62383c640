import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { ConnectionTimes } from "./target-connections";

/** A load balancer passes on a header that a client sends twice, such as `authorization`. Node before 24.9 refuses to. */
const PASSES_ALL: ClientSessionOptions & { strictSingleValueFields: boolean } = { strictSingleValueFields: false };

/** A request on its way to a target, and the connection that it is on. */
export interface SentRequest {
  stream: ClientHttp2Stream;
  connection: Readonly<Connection>;
}

interface Connection {
  session: ClientHttp2Session;
  /** The address and port that it leads to. */
  place: string;
  /** Requests on it that have not ended. */
  requests: number;
  /** It stays `connecting` if the target refuses it, and is `timedOut` after the time limit for a new connection. */
  state: "connecting" | "connected" | "timedOut";
}

/**
 * The HTTP/2 connections from the load balancer to one target, in clear text and without an upgrade (aws-rules E59). One
 * carries all requests, until the target's limit of streams is reached.
 */
export class TargetSessions {
  #connections: Connection[] = [];

  constructor(private readonly times: ConnectionTimes) {}

  /** @param endStream true for a request without a body */
  request(endpoint: { address: string; port: number }, headers: OutgoingHttpHeaders, endStream: boolean): SentRequest {
    const connection = this.#connectionTo(`http://${endpoint.address}:${endpoint.port}`);
    const stream = connection.session.request(headers, { endStream });
    connection.requests += 1;
    stream.once("close", () => {
      connection.requests -= 1;
    });
    stream.setTimeout(this.times.idleMs);
    return { stream, connection };
  }

  /** Takes no more requests on the connections there are. Each closes when its last request has ended. */
  close(): void {
    for (const { session } of this.#connections) session.close();
    this.#connections = [];
  }

  #connectionTo(place: string): Connection {
    const isFree = ({ session, requests }: Connection) =>
      !session.closed &&
      !session.destroyed &&
      requests < (session.remoteSettings?.maxConcurrentStreams ?? Number.POSITIVE_INFINITY);
    return this.#connections.find((each) => each.place === place && isFree(each)) ?? this.#open(place);
  }

  #open(place: string): Connection {
    const session = connect(place, PASSES_ALL);
    const connection: Connection = { session, place, requests: 0, state: "connecting" };
    const limit = setTimeout(() => {
      connection.state = "timedOut";
      session.destroy();
    }, this.times.connectMs);
    session.once("connect", () => {
      connection.state = "connected";
      clearTimeout(limit);
    });
    // The requests on it report the error.
    session.on("error", () => undefined);
    session.once("close", () => {
      clearTimeout(limit);
      this.#connections = this.#connections.filter((other) => other !== connection);
    });
    session.setTimeout(this.times.keepAliveMs, () => session.close());
    session.unref();
    this.#connections.push(connection);
    return connection;
  }
}
