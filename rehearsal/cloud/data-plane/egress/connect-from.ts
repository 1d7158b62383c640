import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** The range of local ports, which are used in turn. */
const FIRST_PORT = 10_000;
const PORTS = 50_000;
/** A port may be in use: by a listener, or by a connection that has been open since its last use. */
const TRIES = 20;
const TAKEN = new Set(["EADDRINUSE", "EADDRNOTAVAIL"]);

let next = Math.floor(Math.random() * PORTS);

/**
 * Opens a TCP connection from a local address and takes the local ports in turn. If the system chose the port, it could
 * choose one whose last connection has just ended, and the new connection would hang for seconds. In turn, each port
 * rests for minutes.
 * @throws Error of `connect`
 */
export async function connectFrom(localAddress: string, host: string, port: number): Promise<Socket> {
  for (let tries = 1; ; tries += 1) {
    next = (next + 1) % PORTS;
    const socket = connect({ host, port, localAddress, localPort: FIRST_PORT + next, noDelay: true });
    try {
      await once(socket, "connect");
      return socket;
    } catch (error) {
      if (tries === TRIES || !TAKEN.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
}
