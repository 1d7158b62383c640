import { Agent, type ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** No connection to the target was made in time; the client gets 504 (aws-rules E35). */
export class ConnectTimeout extends Error {}

/**
 * The kept-alive connections from the load balancer to one target.
 *
 * The load balancer closes an idle connection before the target does: at its own idle timeout, or one second before the
 * `Keep-Alive: timeout` that the target announced, whichever comes first (Node's Agent does the second). So a request
 * never meets a connection that the target is about to close, unless the target closes earlier than announced (E34).
 */
export class TargetConnections extends Agent {
  /**
   * @param idleMs real milliseconds without data after which a connection is closed, with or without a request on it
   * @param connectMs time limit for a new connection, in real milliseconds
   */
  constructor(
    private readonly idleMs: number,
    private readonly connectMs: number,
  ) {
    super({ keepAlive: true, timeout: idleMs, maxFreeSockets: Number.POSITIVE_INFINITY, noDelay: true });
  }

  override createConnection(...given: Parameters<Agent["createConnection"]>): Duplex | null | undefined {
    const socket = super.createConnection(...given) as Socket;
    const limit = setTimeout(() => socket.destroy(new ConnectTimeout("no connection in time")), this.connectMs);
    const clear = () => clearTimeout(limit);
    socket.once("connect", clear).once("close", clear);
    return socket;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    // The Agent has set the timeout that the target announced, which applies to idle connections only.
    (socket as Socket).setTimeout(this.idleMs);
  }

  /** Closes the idle connections. The others close at their idle timeout after the request. */
  closeIdle(): void {
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}
