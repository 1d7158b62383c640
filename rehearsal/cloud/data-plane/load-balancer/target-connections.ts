import { Agent, type ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** No connection to the target was made in time; the client gets 504 (aws-rules E35). */
export class ConnectTimeout extends Error {}

/** Times of connections to a target, in real milliseconds. */
export interface ConnectionTimes {
  /** After so long without data a request is answered with 504, or its response breaks off if it has begun. */
  idleMs: number;
  /** An idle connection is closed after so long: the load balancer's idle timeout, not scaled. */
  keepAliveMs: number;
  /** Time limit for a new connection. */
  connectMs: number;
}

export interface IdleEvents {
  /** The target closed a connection that was idle for so many real seconds. */
  closedByTarget(idleSeconds: number): void;
  /** A connection became idle. */
  left?(): void;
  /** A connection is closed because its time is over. */
  kept?(): void;
}

/**
 * The kept-alive connections from the load balancer to one target.
 *
 * The load balancer closes an idle connection at its own idle timeout, whatever the target announces in a `Keep-Alive`
 * header. A target that closes earlier can meet a request on its way, which is then answered with 502 (aws-rules E34).
 * Services count that time by a real clock, so the load balancer does the same at any speed: scaled, its timeout would
 * always be the shorter one.
 */
export class TargetConnections extends Agent {
  /** When idle connections became idle, in milliseconds of `performance.now()`. */
  readonly #idleSinceMs = new WeakMap<Duplex, number>();
  readonly #watched = new WeakSet<Duplex>();

  /** @param longerMs how much longer than the load balancer's idle timeout a connection may be idle */
  constructor(
    private readonly times: ConnectionTimes,
    private readonly events: IdleEvents,
    private readonly longerMs = 0,
  ) {
    super({ keepAlive: true, timeout: times.idleMs, maxFreeSockets: Number.POSITIVE_INFINITY, noDelay: true });
  }

  override createConnection(...given: Parameters<Agent["createConnection"]>): Duplex | null | undefined {
    const socket = super.createConnection(...given) as Socket;
    const limit = setTimeout(() => socket.destroy(new ConnectTimeout("no connection in time")), this.times.connectMs);
    const clear = () => clearTimeout(limit);
    socket.once("connect", clear).once("close", clear);
    return socket;
  }

  /** Node's own method also honours the target's `Keep-Alive` header. */
  override keepSocketAlive(socket: Duplex): boolean {
    const connection = socket as Socket;
    connection.unref();
    connection.setTimeout(this.times.keepAliveMs + this.longerMs);
    this.#idleSinceMs.set(socket, performance.now());
    if (!this.#watched.has(socket)) this.#watch(connection);
    this.events.left?.();
    return true;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    this.#idleSinceMs.delete(socket);
    super.reuseSocket(socket, request);
    (socket as Socket).setTimeout(this.times.idleMs);
  }

  /** Closes the idle connections. The others close at their idle timeout after the request. */
  closeIdle(): void {
    for (const sockets of Object.values(this.freeSockets)) {
      for (const socket of sockets ?? []) this.#close(socket);
    }
  }

  #watch(socket: Socket): void {
    this.#watched.add(socket);
    // The Agent destroys an idle connection at its timeout.
    socket.on("timeout", () => {
      if (this.#idleSinceMs.delete(socket)) this.events.kept?.();
    });
    socket.once("close", () => {
      const sinceMs = this.#idleSinceMs.get(socket);
      if (sinceMs !== undefined) this.events.closedByTarget((performance.now() - sinceMs) / 1000);
    });
  }

  #close(socket: Socket): void {
    this.#idleSinceMs.delete(socket);
    socket.destroy();
  }
}
