import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { bindErrorMessage } from "../load-balancer/bind-error";
import { respond } from "./response";
import { TcpMessages, withLength } from "./tcp-messages";
import type { DnsZoneSource } from "./types";

/** Real milliseconds after which a silent TCP client is let go. */
const TCP_IDLE_MS = 10_000;

export interface DnsServersSettings {
  /** One loopback address per name server; its place in the list is the `nameServer` that the source is asked with. */
  addresses: string[];
  /** The same for all of them, UDP and TCP. 0 takes a free one (tests). */
  port: number;
  source: DnsZoneSource;
}

export interface DnsServers {
  /** Where they listen, in the order of `addresses`. */
  nameServers: { address: string; port: number }[];
  close(): Promise<void>;
}

/**
 * Starts the name servers of the cloud's hosted zones: authoritative only, never asking anybody else.
 * @throws Error with one line for a person when an address or port cannot be bound
 */
export async function startDnsServers({ addresses, port, source }: DnsServersSettings): Promise<DnsServers> {
  const servers: NameServer[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    for (const [index, address] of addresses.entries()) {
      const server = new NameServer(index, source);
      servers.push(server);
      // The first free port is taken by all.
      await server.listen(address, servers[0]?.port ?? port);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const nameServers = servers.map((server, index) => ({ address: addresses[index]!, port: server.port! }));
  return { nameServers, close };
}

class NameServer {
  /** Known once it listens. */
  port: number | undefined;
  readonly #udp: UdpSocket = createSocket("udp4");
  readonly #tcp: Server = createServer((socket) => this.#welcome(socket));
  readonly #clients = new Set<Socket>();
  #turn = 0;

  constructor(
    private readonly index: number,
    private readonly source: DnsZoneSource,
  ) {
    this.#udp.on("message", (message, from) => {
      const answer = this.#answer(message, "udp");
      // A client that went away makes the send fail; that is its own affair.
      if (answer) this.#udp.send(answer, from.port, from.address, () => undefined);
    });
  }

  async listen(address: string, port: number): Promise<void> {
    try {
      this.#tcp.listen(port, address);
      await once(this.#tcp, "listening");
      const bound = (this.#tcp.address() as { port: number }).port;
      this.#udp.bind(bound, address);
      await once(this.#udp, "listening");
      this.#udp.on("error", () => undefined);
      this.port = bound;
    } catch (error) {
      throw new Error(bindErrorMessage(error as Error, { who: `Name server ${this.index}`, address, port }));
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.#tcp.close(() => resolve())),
      new Promise<void>((resolve) => this.#udp.close(() => resolve())),
    ]);
  }

  #welcome(socket: Socket): void {
    this.#clients.add(socket);
    socket.once("close", () => this.#clients.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
    const messages = new TcpMessages();
    socket.on("data", (piece) => {
      for (const message of messages.add(piece)) {
        const answer = this.#answer(message, "tcp");
        if (answer) socket.write(withLength(answer));
        else socket.destroy();
      }
    });
  }

  #answer(message: Buffer, transport: "udp" | "tcp"): Buffer | undefined {
    this.#turn += 1;
    return respond(message, { nameServer: this.index, transport, turn: this.#turn }, this.source);
  }
}
