import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { AUTHORITATIVE_ANSWER, decode, encode } from "dns-packet";

/** A DNS server over UDP that answers every A question with `addresses`, or as NXDOMAIN when there are none. */
export class NameServer {
  addresses: string[];
  ttlSeconds = 60;
  /** TTL of its SOA record, whose minimum is 86,400. */
  soaSeconds = 0;
  /** Answers nothing while true. */
  silent = false;
  questions = 0;
  readonly #socket: Socket = createSocket("udp4");

  private constructor(addresses: string[]) {
    this.addresses = addresses;
    this.#socket.on("message", (message, from) => {
      const query = decode(message);
      this.questions += 1;
      if (this.silent) return;
      const name = query.questions?.[0]?.name ?? "";
      const rcode = this.addresses.length === 0 ? 3 : 0;
      const answers = this.addresses.map((data) => ({ type: "A" as const, name, ttl: this.ttlSeconds, data }));
      const reply = { type: "response" as const, id: query.id, flags: AUTHORITATIVE_ANSWER | rcode };
      const soa = { mname: "ns.test", rname: "root.test", serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 86_400 };
      const authorities =
        rcode === 0 ? [] : [{ type: "SOA" as const, name: "example.test", ttl: this.soaSeconds, data: soa }];
      this.#socket.send(
        encode({ ...reply, questions: query.questions, answers, authorities }),
        from.port,
        from.address,
      );
    });
  }

  static async listen(address: string, addresses: string[]): Promise<NameServer> {
    const server = new NameServer(addresses);
    server.#socket.bind(0, address);
    await once(server.#socket, "listening");
    return server;
  }

  get endpoint(): { address: string; port: number } {
    const { address, port } = this.#socket.address();
    return { address, port };
  }

  close(): void {
    this.#socket.close();
  }
}
