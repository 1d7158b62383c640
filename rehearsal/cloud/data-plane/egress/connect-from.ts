import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** The ports that connections come from, in turn. */
const FIRST_PORT = 10_000;
const PORTS = 50_000;
/** A port can be a listener's, or of a connection that has lasted since the last turn. */
const TRIES = 20;
const TAKEN = new Set(["EADDRINUSE", "EADDRNOTAVAIL"]);

let next = Math.floor(Math.random() * PORTS);

/**
 * A TCP connection from a given local address. The system, asked for any port of that address, gives one whose last connection has just ended as gladly as
 * another, and the new one then hangs for seconds; in turn each port rests for minutes.
 * @throws Error as of `connect`
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
