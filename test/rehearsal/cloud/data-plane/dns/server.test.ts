import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { type DecodedPacket, decode as decodePacket, encode, type Packet, RECURSION_DESIRED } from "dns-packet";
import * as fc from "fast-check";
import {
  type DnsServers,
  startDnsServers,
  TcpMessages,
  withLength,
} from "../../../../../rehearsal/cloud/data-plane/dns/server";
import type { DnsRecord, DnsSoa, DnsZoneSource } from "../../../../../rehearsal/cloud/data-plane/dns/types";

/** The published types lack the response code. */
function decode(message: Buffer): DecodedPacket & { rcode: string } {
  return decodePacket(message) as DecodedPacket & { rcode: string };
}

const SOA: DnsSoa = {
  zone: "example.jp",
  nameServer: "ns-1.awsdns-01.org",
  hostmaster: "awsdns-hostmaster.amazon.com",
  serial: 1,
  ttlSeconds: 900,
  minimumSeconds: 86400,
};

function a(name: string, ...addresses: string[]): DnsRecord[] {
  return addresses.map((data) => ({ name, type: "A", ttlSeconds: 60, data }));
}

const RECORDS: DnsRecord[] = [
  ...a("users.example.jp", "127.0.0.1", "127.0.0.2", "127.0.0.3"),
  ...a("big.example.jp", ...Array.from({ length: 100 }, (_, i) => `127.0.1.${i}`)),
  { name: "text.example.jp", type: "TXT", ttlSeconds: 300, data: "hello" },
];

/** Name server 1 is behind the others: it knows no record yet. */
const source: DnsZoneSource = {
  lookup(nameServer, name, type) {
    if (name !== SOA.zone && !name.endsWith(`.${SOA.zone}`)) return { kind: "refused" };
    const named = nameServer === 1 ? [] : RECORDS.filter((record) => record.name === name);
    if (named.length === 0 && name !== SOA.zone) return { kind: "noSuchName", soa: SOA };
    const records = named.filter((record) => record.type === type);
    return records.length > 0 ? { kind: "answer", records } : { kind: "noData", soa: SOA };
  },
};

describe("rehearsal/cloud/data-plane/dns/server", () => {
  let servers: DnsServers;

  before(async () => {
    servers = await startDnsServers({ addresses: ["127.66.20.1", "127.66.20.2"], port: 0, source });
  });
  after(() => servers.close());

  function query(name: string, type: string, more: Partial<Packet> = {}): Buffer {
    const questions = [{ name, type: type as "A", class: "IN" as const }];
    return encode({ type: "query", id: 4711, flags: RECURSION_DESIRED, questions, ...more });
  }

  async function overUdp(message: Buffer, nameServer = 0): Promise<Buffer> {
    const socket = createSocket("udp4");
    const { address, port } = servers.nameServers[nameServer]!;
    socket.send(message, port, address);
    const [answer] = (await once(socket, "message")) as [Buffer];
    socket.close();
    return answer;
  }

  async function overTcp(message: Buffer): Promise<Buffer> {
    const { address, port } = servers.nameServers[0]!;
    const socket = connect(port, address);
    const messages = new TcpMessages();
    // In two pieces, as TCP may deliver it.
    const whole = withLength(message);
    socket.write(whole.subarray(0, 5));
    setImmediate(() => socket.write(whole.subarray(5)));
    for await (const piece of socket) {
      const [answer] = messages.add(piece as Buffer);
      if (answer) return answer;
    }
    throw new Error("the server closed without an answer");
  }

  it("answers authoritatively, and only for its zones", async () => {
    const answer = decode(await overUdp(query("users.example.jp", "A")));
    expect(answer).to.include({
      id: 4711,
      rcode: "NOERROR",
      flag_aa: true,
      flag_rd: true,
      flag_ra: false,
      flag_tc: false,
    });
    expect(answer.answers).to.have.length(3);
    expect(answer.answers?.[0]).to.include({ name: "users.example.jp", type: "A", ttl: 60 });

    const refused = decode(await overUdp(query("example.com", "A")));
    expect(refused).to.include({ rcode: "REFUSED", flag_aa: false });
  });

  it("distinguishes a missing name from a missing type, both with the SOA and its negative TTL", async () => {
    const cases = [
      { name: "nobody.example.jp", type: "A", rcode: "NXDOMAIN" },
      { name: "users.example.jp", type: "AAAA", rcode: "NOERROR" },
      { name: "users.example.jp", type: "MX", rcode: "NOERROR" },
      { name: "users.example.jp", type: "UNKNOWN_65", rcode: "NOERROR" },
      { name: "users.example.jp", type: "SOA", rcode: "NOERROR" },
    ];
    for (const { name, type, rcode } of cases) {
      const answer = decode(await overUdp(query(name, type)));
      expect(answer, `${name} ${type}`).to.include({ rcode, flag_aa: true });
      expect(answer.answers, `${name} ${type}`).to.deep.equal([]);
      expect(answer.authorities?.[0]).to.deep.include({ name: "example.jp", type: "SOA", ttl: 900 });
    }
  });

  it("answers SOA at the zone's own name", async () => {
    const answer = decode(await overUdp(query("example.jp", "SOA")));
    expect(answer.answers?.[0]).to.deep.include({ name: "example.jp", type: "SOA", ttl: 900 });
    expect(answer.authorities).to.deep.equal([]);
  });

  it("ignores case and repeats the exact spelling of the question", async () => {
    const answer = decode(await overUdp(query("uSeRs.ExAmPlE.jP", "A")));
    expect(answer.questions?.[0]?.name).to.equal("uSeRs.ExAmPlE.jP");
    expect(answer.answers?.map(({ name }) => name)).to.deep.equal(Array(3).fill("uSeRs.ExAmPlE.jP"));
  });

  it("answers for each name server separately", async () => {
    expect(decode(await overUdp(query("users.example.jp", "A"), 1)).rcode).to.equal("NXDOMAIN");
  });

  it("rotates addresses", async () => {
    const firsts = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      const [first] = decode(await overUdp(query("users.example.jp", "A"))).answers!;
      firsts.add((first as { data: string }).data);
    }
    expect(firsts.size).to.equal(3);
  });

  it("truncates over UDP at 512 bytes or at what EDNS0 allows, and answers whole over TCP", async () => {
    const plain = await overUdp(query("big.example.jp", "A"));
    expect(decode(plain)).to.include({ flag_tc: true });
    expect(plain.length).to.be.at.most(512);

    const opt = { type: "OPT" as const, name: ".", udpPayloadSize: 4096, flags: 0, options: [] };
    const extended = decode(await overUdp(query("users.example.jp", "A", { additionals: [opt as never] })));
    expect(extended.additionals?.[0]).to.include({ type: "OPT", udpPayloadSize: 1232 });

    const whole = decode(await overTcp(query("big.example.jp", "A")));
    expect(whole).to.include({ flag_tc: false });
    expect(whole.answers).to.have.length(100);
  });

  it("serves Node's own resolver, over UDP and TCP", async () => {
    const resolver = new Resolver();
    resolver.setServers(servers.nameServers.slice(0, 1).map(({ address, port }) => `${address}:${port}`));
    expect((await resolver.resolve4("users.example.jp")).sort()).to.deep.equal(["127.0.0.1", "127.0.0.2", "127.0.0.3"]);
    expect(await resolver.resolve4("big.example.jp")).to.have.length(100);
    expect(await resolver.resolveTxt("text.example.jp")).to.deep.equal([["hello"]]);
    const error = await resolver.resolve4("nobody.example.jp").catch((error) => error);
    expect(error.code).to.equal("ENOTFOUND");
  });

  it("answers FORMERR, NOTIMP or nothing to garbage, and continues", async () => {
    const two = encode({
      type: "query",
      id: 1,
      questions: [
        { name: "a.jp", type: "A" },
        { name: "b.jp", type: "A" },
      ],
    });
    expect(decode(await overUdp(two)).rcode).to.equal("FORMERR");
    const cut = query("users.example.jp", "A").subarray(0, 20);
    expect((await overUdp(cut))[3]! & 0x0f).to.equal(1);
    const update = query("users.example.jp", "A", { flags: 5 << 11 });
    expect((await overUdp(update))[3]! & 0x0f).to.equal(4);

    const socket = createSocket("udp4");
    const { address, port } = servers.nameServers[0]!;
    const sendGarbage = async (bytes: Uint8Array) => {
      socket.send(bytes, port, address);
      // Lets the server read: its socket's buffer would overflow, and the last question be lost.
      await new Promise(setImmediate);
    };
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), sendGarbage), { numRuns: 300 });
    socket.close();
    expect(decode(await overUdp(query("users.example.jp", "A"))).rcode).to.equal("NOERROR");
  });

  it("answers SERVFAIL when the source fails", async () => {
    const failing: DnsZoneSource = {
      lookup() {
        throw new Error("broken");
      },
    };
    const broken = await startDnsServers({ addresses: ["127.66.20.3"], port: 0, source: failing });
    const socket = createSocket("udp4");
    socket.send(query("users.example.jp", "A"), broken.nameServers[0]!.port, "127.66.20.3");
    const [answer] = (await once(socket, "message")) as [Buffer];
    socket.close();
    await broken.close();
    expect(answer[3]! & 0x0f).to.equal(2);
  });

  it("reports in one line which address and port is taken", async () => {
    const { address, port } = servers.nameServers[0]!;
    const error = await startDnsServers({ addresses: [address], port, source }).catch((error) => error);
    expect(error.message).to.match(
      new RegExp(`^Name server 0 cannot listen on ${address}:${port}: another process already does`),
    );
  });
});
