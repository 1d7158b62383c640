import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import { createSecureServer, type Http2SecureServer, type Http2Session } from "node:http2";
import type { Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { bindErrorMessage } from "../bind-error";
import { sessionOf } from "./client-response";
import { compilePattern } from "./listener-rules";
import type { RequestRouter } from "./request-router";
import type { TrafficCounts } from "./traffic-counts";
import type { ListenerConfig } from "./types";
import { isWebSocket, responseOn } from "./upgrade";

/** The oldest version that ELB's security policies allow. */
const MIN_TLS = "TLSv1.2";

/** Requests in flight on one HTTP/2 connection at the same time (aws-rules E42). */
const MAX_STREAMS = 128;

/** Real milliseconds. */
export interface ConnectionLimits {
  /** Scaled: the longest wait for the end of requests in flight, and of a WebSocket without data. */
  idleMs: number;
  /**
   * From the last response until an idle connection closes: the idle timeout, not scaled. Clients count by a real
   * clock, and a scaled timeout would be shorter than theirs: a race that AWS does not have.
   */
  keepAliveMs: number;
  /** From the start of the connection. It closes after one more request (aws-rules E36). */
  clientKeepAliveMs: number;
}

/** The clients that may connect. */
export interface AllowedClients {
  internet: boolean;
  /** The network of a calling task has already applied the security groups to connections from this address. */
  insideAddress: string;
}

/** One listener of a load balancer on one node's address. */
export class NodeListener {
  readonly #server: Server | Http2SecureServer;
  #limits: ConnectionLimits;
  #clients: AllowedClients;
  #certificates: { names: RegExp[]; context: SecureContext }[] = [];
  #certificateText = "";
  readonly #openedAtMs = new WeakMap<object, number>();
  readonly #connections = new Set<Socket>();
  readonly #sessions = new Set<Http2Session>();
  readonly #webSockets = new Set<Socket>();
  #closing = false;
  /** The node's address; empty before `listen`. */
  address = "";

  constructor(
    config: ListenerConfig,
    limits: ConnectionLimits,
    clients: AllowedClients,
    private readonly router: RequestRouter,
    private readonly counts: TrafficCounts,
  ) {
    this.#limits = limits;
    this.#clients = clients;
    this.#server =
      config.protocol === "HTTPS"
        ? createSecureServer({
            minVersion: MIN_TLS,
            // The client chooses HTTP/2 or HTTP/1.1 by ALPN.
            allowHTTP1: true,
            settings: { maxConcurrentStreams: MAX_STREAMS },
            // The default of plain HTTP. Without it, small responses wait for the client's acknowledgements.
            noDelay: true,
            SNICallback: (name, done) => done(null, this.#contextFor(name)),
          })
        : new Server();
    const server = this.#server as Server;
    server.requestTimeout = 0;
    server.on("connection", (socket) => this.#resetUnlessAllowed(socket));
    server.on(config.protocol === "HTTPS" ? "secureConnection" : "connection", (socket) => this.#track(socket));
    server.on("session", (session: Http2Session) => this.#trackSession(session));
    server.on("request", (request, response) => this.#onRequest(request, response));
    server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket as Socket, head));
    server.on("clientError", (error, socket) => answerBadRequest(error, socket as Socket));
    this.update(config, limits, clients);
  }

  /** @throws Error with a message of one line when the port cannot be bound */
  async listen(name: string, address: string, port: number): Promise<void> {
    this.address = address;
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error) => reject(new Error(bindErrorMessage(error, { name, address, port })));
      this.#server.once("error", refuse);
      this.#server.listen({ host: address, port, backlog: 1024 }, () => {
        this.#server.off("error", refuse);
        resolve();
      });
    });
  }

  /** Applies new certificates, limits and allowed clients. Open connections stay open, as with security groups. */
  update(config: ListenerConfig, limits: ConnectionLimits, clients: AllowedClients): void {
    this.#limits = limits;
    this.#clients = clients;
    const server = this.#server as Server;
    server.keepAliveTimeout = limits.keepAliveMs;
    server.headersTimeout = limits.keepAliveMs;
    for (const session of this.#sessions) session.setTimeout(limits.keepAliveMs);
    const text = JSON.stringify(config.certificates);
    if (config.protocol === "HTTP" || text === this.#certificateText) return;
    this.#certificateText = text;
    this.#certificates = config.certificates.map(({ certificate, privateKey, hostNames }) => ({
      names: hostNames.map(compileCertificateName),
      context: createSecureContext({ cert: certificate, key: privateKey, minVersion: MIN_TLS }),
    }));
    const [first] = config.certificates;
    // Clients without SNI get the default certificate.
    if (first) {
      (this.#server as Http2SecureServer).setSecureContext({
        cert: first.certificate,
        key: first.privateKey,
        minVersion: MIN_TLS,
      });
    }
  }

  /** Refuses new connections, waits for the requests in flight, then closes the connections that are left. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    Server.prototype.closeIdleConnections.call(this.#server as Server);
    // The other connections close after their response.
    (this.#server as Server).keepAliveTimeout = 1;
    for (const session of this.#sessions) session.close();
    for (const socket of this.#webSockets) socket.destroy();
    const limit = setTimeout(() => this.#destroyConnections(), this.#limits.idleMs);
    await closed;
    clearTimeout(limit);
  }

  /** Closes all connections at once, including those with requests in flight, as a machine that loses power would. */
  destroy(): void {
    this.#server.close();
    this.#destroyConnections();
  }

  #destroyConnections(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#connections) socket.destroy();
  }

  #contextFor(serverName: string): SecureContext | undefined {
    const matching = this.#certificates.find(({ names }) => names.some((name) => name.test(serverName)));
    return (matching ?? this.#certificates[0])?.context;
  }

  /**
   * Resets a connection that is not allowed. On AWS its packets are dropped and the client waits for its own timeout.
   */
  #resetUnlessAllowed(socket: Socket): void {
    if (!this.#clients.internet && socket.remoteAddress !== this.#clients.insideAddress) socket.resetAndDestroy();
  }

  #track(socket: Socket): void {
    this.#openedAtMs.set(socket, Date.now());
    this.#connections.add(socket);
    this.counts.activeConnections += 1;
    socket.once("close", () => {
      this.#connections.delete(socket);
      this.counts.activeConnections -= 1;
    });
  }

  #trackSession(session: Http2Session): void {
    this.#openedAtMs.set(session, Date.now());
    this.#sessions.add(session);
    session.once("close", () => this.#sessions.delete(session));
    session.on("timeout", () => session.close());
    session.setTimeout(this.#limits.keepAliveMs);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const session = sessionOf(request);
    const ageMs = Date.now() - (this.#openedAtMs.get(session ?? request.socket) ?? 0);
    if (this.#closing || ageMs > this.#limits.clientKeepAliveMs) {
      // A client such as undici gives a request up when GOAWAY comes before its answer. This request gets one (E36).
      if (session) response.once("close", () => session.close());
      else response.shouldKeepAlive = false;
    }
    this.router.request(request, response);
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    if (!isWebSocket(request)) {
      this.router.request(request, responseOn(request, socket));
      return;
    }
    this.#webSockets.add(socket);
    socket.once("close", () => this.#webSockets.delete(socket));
    this.router.webSocket(request, socket, head, this.#limits.idleMs);
  }
}

/** A wildcard covers exactly one label (aws-rules M2). */
function compileCertificateName(name: string): RegExp {
  return name.startsWith("*.")
    ? new RegExp(`^[^.]+${compilePattern(name.slice(1), "i").source.slice(1)}`, "i")
    : compilePattern(name, "i");
}

function answerBadRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nServer: awselb/2.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}
