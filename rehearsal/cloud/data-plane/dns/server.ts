import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { bindErrorMessage } from "../bind-error";
import { respond } from "./response";
import type { DnsZoneSource } from "./types";

/** Real milliseconds after which an idle TCP connection is closed. */
const TCP_IDLE_MS = 10_000;

export interface DnsServersSettings {
  /** One loopback address per name server. Its index in the list is the `nameServer` argument of `source.lookup`. */
  addresses: string[];
  /** The UDP and TCP port of all name servers; 0 means any free one (tests). */
  port: number;
  source: DnsZoneSource;
}

export interface DnsServers {
  /** The addresses and ports, in the order of `addresses`. */
  nameServers: { address: string; port: number }[];
  close(): Promise<void>;
}

/**
 * Starts the name servers of the cloud's hosted zones. They are authoritative only and never query other servers.
 * @throws Error with a message of one line when an address or port cannot be bound
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
      // All name servers use the port of the first one.
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
  /** Undefined before it listens. */
  port: number | undefined;
  readonly #udp: UdpSocket = createSocket("udp4");
  readonly #tcp: Server = createServer((socket) => this.#onConnection(socket));
  readonly #clients = new Set<Socket>();
  #queries = 0;

  constructor(
    private readonly index: number,
    private readonly source: DnsZoneSource,
  ) {
    this.#udp.on("message", (message, from) => {
      const answer = this.#answer(message, "udp");
      // Sending fails when the client has gone, which does not matter.
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
      throw new Error(bindErrorMessage(error as Error, { name: `Name server ${this.index}`, address, port }));
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.#tcp.close(() => resolve())),
      new Promise<void>((resolve) => this.#udp.close(() => resolve())),
    ]);
  }

  #onConnection(socket: Socket): void {
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
    this.#queries += 1;
    return respond(message, { nameServer: this.index, transport, queryNumber: this.#queries }, this.source);
  }
}

/** Splits a TCP stream into DNS messages. Each one starts with its length in two bytes (RFC 1035, section 4.2.2). */
export class TcpMessages {
  #rest: Buffer = Buffer.alloc(0);

  /** Returns the messages that this piece completes. */
  add(piece: Buffer): Buffer[] {
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece;
    const messages: Buffer[] = [];
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      messages.push(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
    this.#rest = rest;
    return messages;
  }
}

/** Returns the message with its length in front. */
export function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
