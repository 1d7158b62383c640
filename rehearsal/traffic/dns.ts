import { randomInt } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { type DecodedPacket, decode, encode, RECURSION_DESIRED } from "dns-packet";
import { negativeTtlSeconds } from "../negative-ttl";
import type { RandomNumbers } from "../seeded-random";
import { nowMs } from "./clock";
import { MissingName, RequestFailure } from "./failure";
import type { DnsSample, TrafficSettings } from "./types";

type NameServer = TrafficSettings["nameServers"][number];
type Ask = Pick<DnsSample, "addresses" | "ttlSeconds" | "error">;

/** Gets every question and its answer, also those that failed. */
export type DnsObserver = (sample: Omit<DnsSample, "kind" | "stream">) => void;

/**
 * An attempt fails after so many ticks without an answer. Like resolv.conf's `options timeout:1 attempts:2`, but shorter, because the servers are on this
 * machine. Ticks, because each one lets what has arrived be read first: where the machine is too busy for this process, an attempt takes longer.
 */
const TICKS = 10;
const TICK_MS = 50;
const ATTEMPTS = 3;

/** With these there is no use in another name server. */
const MISSING = new Set(["ENOTFOUND", "ENODATA"]);

/** Asks name servers for A records over UDP, with a socket of its own. */
export class NameServers {
  readonly #socket: Socket;
  readonly #servers: readonly NameServer[];
  readonly #random: RandomNumbers;
  readonly #pending = new Map<number, { server: NameServer; answer: (ask: Ask) => void }>();

  constructor(servers: readonly NameServer[], random: RandomNumbers) {
    if (servers.length === 0) throw new Error("traffic: nameServers is empty, at least one is wanted");
    this.#servers = servers;
    this.#random = random;
    this.#socket = createSocket("udp4");
    this.#socket.on("message", (message, from) => this.#received(message, from));
    // An unreachable port shows as an error of the socket; the attempt's timeout handles it.
    this.#socket.on("error", () => {});
  }

  /**
   * Asks a server that is chosen at random, and another one when it does not answer or cannot.
   * @throws {MissingName} ENOTFOUND (no such name) or ENODATA (no A record)
   * @throws {RequestFailure} ESERVFAIL, EREFUSED, EBADRESP or EDNSTIMEOUT
   */
  async addressesOf(name: string, observe: DnsObserver): Promise<{ addresses: string[]; ttlSeconds: number }> {
    const first = Math.floor(this.#random() * this.#servers.length);
    let error = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const server = this.#servers[(first + attempt) % this.#servers.length]!;
      const ask = await this.#ask(server, name);
      observe({ atMs: nowMs(), nameServer: server.address, ...ask });
      error = ask.error;
      if (error === "") return ask;
      if (MISSING.has(error)) throw new MissingName(error, ask.ttlSeconds);
    }
    throw new RequestFailure(error);
  }

  close(): void {
    this.#socket.close();
  }

  #ask(server: NameServer, name: string): Promise<Ask> {
    return new Promise((resolve) => {
      const id = this.#freeId();
      const answer = (ask: Ask) => {
        clearInterval(timer);
        this.#pending.delete(id);
        resolve(ask);
      };
      let ticks = 0;
      const timer = setInterval(() => {
        ticks += 1;
        if (ticks === TICKS) answer(failedAsk("EDNSTIMEOUT"));
      }, TICK_MS);
      this.#pending.set(id, { server, answer });
      const question = encode({ type: "query", id, flags: RECURSION_DESIRED, questions: [{ type: "A", name }] });
      this.#socket.send(question, server.port, server.address, (error) => error && answer(failedAsk("EDNSSEND")));
    });
  }

  #freeId(): number {
    for (;;) {
      const id = randomInt(65_536);
      if (!this.#pending.has(id)) return id;
    }
  }

  #received(message: Buffer, from: RemoteInfo): void {
    let packet: DecodedPacket;
    try {
      packet = decode(message);
    } catch {
      return;
    }
    const pending = this.#pending.get(packet.id ?? -1);
    if (pending?.server.address !== from.address || pending.server.port !== from.port) return;
    pending.answer(readAnswer(packet));
  }
}

function failedAsk(error: string, ttlSeconds = 0): Ask {
  return { addresses: [], ttlSeconds, error };
}

function readAnswer(packet: DecodedPacket): Ask {
  // The types of dns-packet lack the response code.
  const { rcode } = packet as DecodedPacket & { rcode: string };
  if (rcode === "NXDOMAIN") return failedAsk("ENOTFOUND", negativeTtlSeconds(packet));
  if (rcode !== "NOERROR") return failedAsk(`E${rcode}`);
  if (packet.flag_tc) return failedAsk("EBADRESP");
  const records = (packet.answers ?? []).flatMap((answer) => (answer.type === "A" ? [answer] : []));
  if (records.length === 0) return failedAsk("ENODATA", negativeTtlSeconds(packet));
  const ttlSeconds = Math.min(...records.map((record) => record.ttl ?? 0));
  return { addresses: records.map((record) => record.data), ttlSeconds, error: "" };
}
