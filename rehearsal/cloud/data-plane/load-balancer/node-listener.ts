import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { bindErrorMessage } from "../bind-error";
import { compilePattern } from "./listener-rules";
import type { RequestRouter } from "./request-router";
import type { TrafficCounts } from "./traffic-counts";
import type { ListenerConfig } from "./types";
import { isWebSocket, responseOn } from "./upgrade";

/** The oldest version that ELB's security policies allow. */
const MIN_TLS = "TLSv1.2";

/** Real milliseconds. */
export interface ConnectionLimits {
  idleMs: number;
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
  readonly #server: Server | HttpsServer;
  #limits: ConnectionLimits;
  #clients: AllowedClients;
  #certificates: { names: RegExp[]; context: SecureContext }[] = [];
  #certificateText = "";
  readonly #openedAtMs = new WeakMap<Socket, number>();
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
        ? createHttpsServer({
            minVersion: MIN_TLS,
            // The default of plain HTTP. Without it, small responses wait for the client's acknowledgements.
            noDelay: true,
            SNICallback: (name, done) => done(null, this.#contextFor(name)),
          })
        : createHttpServer();
    this.#server.requestTimeout = 0;
    this.#server.on("connection", (socket) => this.#resetUnlessAllowed(socket));
    this.#server.on(config.protocol === "HTTPS" ? "secureConnection" : "connection", (socket) => this.#track(socket));
    this.#server.on("request", (request, response) => this.#onRequest(request, response));
    this.#server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket as Socket, head));
    this.#server.on("clientError", (error, socket) => answerBadRequest(error, socket as Socket));
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
    // Node announces this limit to clients (Keep-Alive: timeout=...), which ELB does not do. It stays on: many HTTP
    // clients close an idle connection after some seconds, far below ELB's 60, and reach our limit only because time
    // is scaled.
    this.#server.keepAliveTimeout = limits.idleMs;
    this.#server.headersTimeout = Math.max(limits.idleMs, 1000);
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
      (this.#server as HttpsServer).setSecureContext({
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
    this.#server.closeIdleConnections();
    // The other connections close after their response.
    this.#server.keepAliveTimeout = 1;
    for (const socket of this.#webSockets) socket.destroy();
    const limit = setTimeout(() => this.#server.closeAllConnections(), this.#limits.idleMs);
    await closed;
    clearTimeout(limit);
  }

  /** Closes all connections at once, including those with requests in flight, as a machine that loses power would. */
  destroy(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#webSockets) socket.destroy();
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
    this.counts.activeConnections += 1;
    socket.once("close", () => {
      this.counts.activeConnections -= 1;
    });
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const ageMs = Date.now() - (this.#openedAtMs.get(request.socket) ?? 0);
    if (this.#closing || ageMs > this.#limits.clientKeepAliveMs) response.shouldKeepAlive = false;
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
