import { Agent, type ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A connection to the target was not made in time: 504 to the client (aws-rules E35). */
export class ConnectTimeout extends Error {}

/**
 * The kept-alive connections from the load balancer to one target.
 *
 * An idle one is closed by us before the target would: at the load balancer's idle timeout or one second before the
 * target's own announced `Keep-Alive: timeout`, whichever comes first (the second is Node's Agent). So a request never
 * meets a connection that the target is about to close, unless the target closes earlier than it says (E34).
 */
export class TargetConnections extends Agent {
  /**
   * @param idleMs real milliseconds without any byte after which a connection ends, busy or idle
   * @param connectMs real milliseconds within which a connection must be made
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
    // The Agent had shortened the timeout to the target's announced one; that is for idle connections only.
    (socket as Socket).setTimeout(this.idleMs);
  }

  /** Connections with a request on them stay; they end at their idle timeout after it. */
  closeIdle(): void {
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}
