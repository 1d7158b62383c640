import { once } from "node:events";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Limit for getting a port back, where it could not be kept. Real milliseconds. */
const LIMIT_MS = 10_000;
const INTERVAL_MS = 20;

/** A server of the cloud that can go away and come back as it was, on the same port. */
export interface Endpoint {
  /** Stops listening and breaks off the calls in flight. Does nothing if it is away. */
  goAway(): Promise<void>;
  /** Does nothing if it is there. */
  comeBack(): Promise<void>;
}

/** The endpoint that is one server of this process. */
export class ServerEndpoint implements Endpoint {
  /** Its place while it is away, and what keeps that. */
  #left: { address: string; port: number; keeper: Socket } | undefined;

  /** @param breakOff breaks off all connections of the server */
  constructor(
    private readonly server: Server,
    private readonly breakOff: () => void,
  ) {}

  /** Connections to its port are refused then, and no other program gets the port. */
  async goAway(): Promise<void> {
    if (!this.server.listening) return;
    const { address, port } = this.server.address() as AddressInfo;
    const stopped = this.#stop();
    const keeper = keepPort(address, port);
    this.#left = { address, port, keeper };
    await stopped;
    // Where it does not connect, the port is free, and `comeBack` tries for a while to get it.
    if (keeper.connecting) await new Promise((resolve) => keeper.once("connect", resolve).once("close", resolve));
  }

  /** @throws Error if another program has the port all the same */
  async comeBack(): Promise<void> {
    const left = this.#left;
    if (!left) return;
    this.#left = undefined;
    // A reset leaves no TIME_WAIT on the port.
    left.keeper.resetAndDestroy();
    await listenAgain(() => once(this.server.listen(left.port, left.address), "listening"));
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    this.#left?.keeper.destroy();
    await this.#stop();
  }

  async #stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, "close");
    this.server.close();
    this.breakOff();
    await closed;
  }
}

/**
 * Keeps a port on which nothing listens any more: a free one is given to whichever program opens a connection next, for
 * as long as it has that. It is kept by a connection with itself, beside which it refuses all others.
 */
function keepPort(host: string, port: number): Socket {
  return connect({ host, port, localAddress: host, localPort: port })
    .on("error", () => undefined)
    .unref();
}

/** @throws the error of the last attempt */
async function listenAgain(listen: () => Promise<unknown>): Promise<void> {
  for (const deadlineMs = Date.now() + LIMIT_MS; ; ) {
    try {
      await listen();
      return;
    } catch (error) {
      if (Date.now() >= deadlineMs) throw error;
    }
    await delay(INTERVAL_MS);
  }
}
