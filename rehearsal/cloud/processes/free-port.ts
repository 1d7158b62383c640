import { createServer } from "node:net";

/**
 * Below the ports that Linux gives to outgoing connections (32768 on), so that no client takes one between the choice
 * and its use.
 */
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** The process id lets two clouds on one machine begin at different ports. */
let next = process.pid % PORTS;

/** Returns a TCP port of the address on which nothing listens. It returns the same port again only after all others. */
export async function freePort(address: string): Promise<number> {
  for (let tries = 0; tries < PORTS; tries += 1) {
    const port = FIRST_PORT + next;
    next = (next + 1) % PORTS;
    if (await isFree(address, port)) return port;
  }
  throw new Error(`no free port on ${address} from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1}`);
}

function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
