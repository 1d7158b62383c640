import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { bindErrorMessage } from "./bind-error";
import { compilePattern } from "./listener-rules";
import type { RequestRouter } from "./request-router";
import type { TrafficCounts } from "./traffic-counts";
import type { ListenerConfig } from "./types";
import { isWebSocket, responseOn } from "./upgrade";

/** ELB's policies start at TLS 1.2. */
const MIN_TLS = "TLSv1.2";

/** Real milliseconds. */
export interface ConnectionLimits {
  idleMs: number;
  /** From the connection's start; then one more request is answered and it closes (aws-rules E36). */
  clientKeepAliveMs: number;
}

/** Who may connect. */
export interface ClientSide {
  internet: boolean;
  /** Whoever comes from here has been let in by security groups already. */
  insideAddress: string;
}

/** One listener of a load balancer on one node's address. */
export class NodeListener {
  readonly #server: Server | HttpsServer;
  #certificates: { names: RegExp[]; context: SecureContext }[] = [];
  #certificateText = "";
  readonly #openedAtMs = new WeakMap<Socket, number>();
  readonly #webSockets = new Set<Socket>();
  #closing = false;
  /** Of its node. */
  address = "";

  constructor(
    config: ListenerConfig,
    private limits: ConnectionLimits,
    private clients: ClientSide,
    private readonly entrance: RequestRouter,
    private readonly counts: TrafficCounts,
  ) {
    this.#server =
      config.protocol === "HTTPS"
        ? createHttpsServer({
            minVersion: MIN_TLS,
            // Plain HTTP has it by default; without it small answers wait for the client's acknowledgements.
            noDelay: true,
            SNICallback: (name, done) => done(null, this.#contextFor(name)),
          })
        : createHttpServer();
    this.#server.requestTimeout = 0;
    this.#server.on("connection", (socket) => this.#dropStranger(socket));
    this.#server.on(config.protocol === "HTTPS" ? "secureConnection" : "connection", (socket) => this.#welcome(socket));
    this.#server.on("request", (request, response) => this.#onRequest(request, response));
    this.#server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket as Socket, head));
    this.#server.on("clientError", (error, socket) => answerBadRequest(error, socket as Socket));
    this.update(config, limits, clients);
  }

  /** @throws Error with one line for a person */
  async listen(who: string, address: string, port: number): Promise<void> {
    this.address = address;
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error) => reject(new Error(bindErrorMessage(error, { who, address, port })));
      this.#server.once("error", refuse);
      this.#server.listen({ host: address, port, backlog: 1024 }, () => {
        this.#server.off("error", refuse);
        resolve();
      });
    });
  }

  /** Takes new certificates, limits and client side; open connections stay, as with security groups. */
  update(config: ListenerConfig, limits: ConnectionLimits, clients: ClientSide): void {
    this.limits = limits;
    this.clients = clients;
    // Node tells clients this limit (Keep-Alive: timeout=...), which ELB does not. Left on: many HTTP clients give up an
    // idle connection after some seconds, far below ELB's 60, and only time scaling makes them meet our limit.
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

  /** Takes no new connection, lets requests in flight end, then closes what is left. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    // The others are closed as soon as their answer is out.
    this.#server.keepAliveTimeout = 1;
    for (const socket of this.#webSockets) socket.destroy();
    const limit = setTimeout(() => this.#server.closeAllConnections(), this.limits.idleMs);
    await closed;
    clearTimeout(limit);
  }

  /** Gone at once, as with a machine that loses its power: what is in flight is cut. */
  cut(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#webSockets) socket.destroy();
  }

  #contextFor(serverName: string): SecureContext | undefined {
    const matching = this.#certificates.find(({ names }) => names.some((name) => name.test(serverName)));
    return (matching ?? this.#certificates[0])?.context;
  }

  /** On AWS the packets go nowhere and the client waits for its own timeout; here it is told at once, by a reset. */
  #dropStranger(socket: Socket): void {
    if (!this.clients.internet && socket.remoteAddress !== this.clients.insideAddress) socket.resetAndDestroy();
  }

  #welcome(socket: Socket): void {
    this.#openedAtMs.set(socket, Date.now());
    this.counts.activeConnections += 1;
    socket.once("close", () => {
      this.counts.activeConnections -= 1;
    });
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const ageMs = Date.now() - (this.#openedAtMs.get(request.socket) ?? 0);
    if (this.#closing || ageMs > this.limits.clientKeepAliveMs) response.shouldKeepAlive = false;
    this.entrance.request(request, response);
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    if (!isWebSocket(request)) {
      this.entrance.request(request, responseOn(request, socket));
      return;
    }
    this.#webSockets.add(socket);
    socket.once("close", () => this.#webSockets.delete(socket));
    this.entrance.webSocket(request, socket, head, this.limits.idleMs);
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
