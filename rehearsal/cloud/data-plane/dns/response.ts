import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from "dns-packet";
import type { DnsLookup, DnsRecord, DnsSoa, DnsZoneSource } from "./types";

/** Response codes (RFC 1035, section 4.1.1). */
const NO_ERROR = 0;
const FORMAT_ERROR = 1;
const SERVER_FAILURE = 2;
const NO_SUCH_NAME = 3;
const NOT_IMPLEMENTED = 4;
const REFUSED = 5;

/** In the third byte of the header. */
const QUERY_OPCODE = 0;

const HEADER_BYTES = 12;
/** Largest UDP answer for a client that does not say otherwise (RFC 1035, section 4.2.1). */
const PLAIN_UDP_BYTES = 512;
/** Largest UDP answer at all: safe from fragmentation, the value of DNS Flag Day 2020. */
const LARGEST_UDP_BYTES = 1232;

const MODELLED_TYPES = ["A", "AAAA", "CNAME", "NS", "SOA", "TXT"] as const;
type ModelledType = (typeof MODELLED_TYPES)[number];

export interface Asked {
  nameServer: number;
  transport: "udp" | "tcp";
  /** Counts up with each question, so that A records take turns in being first. */
  turn: number;
}

/**
 * The answer to one message.
 * @returns undefined for what must not be answered: less than a header, and answers
 */
export function respond(message: Buffer, asked: Asked, source: DnsZoneSource): Buffer | undefined {
  if (message.length < HEADER_BYTES || (message[2]! & 0x80) !== 0) return undefined;
  let query: DecodedPacket;
  try {
    query = decode(message);
  } catch {
    return bareHeader(message, FORMAT_ERROR);
  }
  if ((message[2]! & 0x78) !== QUERY_OPCODE) return bareHeader(message, NOT_IMPLEMENTED);
  const question = query.questions?.[0];
  if (!question || query.questions?.length !== 1) return bareHeader(message, FORMAT_ERROR);
  try {
    return fitted(query, question, answerTo(question, asked, source), asked.transport);
  } catch {
    return bareHeader(message, SERVER_FAILURE);
  }
}

interface Sections {
  code: number;
  answers: Answer[];
  authorities: Answer[];
}

function answerTo(question: Question, asked: Asked, source: DnsZoneSource): Sections {
  if (question.class !== "IN") return { code: REFUSED, answers: [], authorities: [] };
  const name = question.name.toLowerCase().replace(/\.$/, "");
  const type = MODELLED_TYPES.find((modelled) => modelled === question.type);
  // A type that no zone here can have (HTTPS, MX, ANY, ...): only whether the name exists matters.
  const found = source.lookup(asked.nameServer, name, type ?? "SOA");
  return sections(found, { ...question, name }, type, asked.turn);
}

function sections(found: DnsLookup, question: Question, type: ModelledType | undefined, turn: number): Sections {
  switch (found.kind) {
    case "answer":
      return { code: NO_ERROR, answers: rotated(found.records, turn).map(toAnswer), authorities: [] };
    case "noData": {
      const soa = toSoa(found.soa, type === "SOA" ? found.soa.ttlSeconds : negativeTtl(found.soa));
      const asksForIt = type === "SOA" && found.soa.zone.toLowerCase() === question.name;
      return { code: NO_ERROR, answers: asksForIt ? [soa] : [], authorities: asksForIt ? [] : [soa] };
    }
    case "noSuchName":
      return { code: NO_SUCH_NAME, answers: [], authorities: [toSoa(found.soa, negativeTtl(found.soa))] };
    case "refused":
      return { code: REFUSED, answers: [], authorities: [] };
  }
}

/** A resolver remembers a missing name for this long (RFC 2308, section 5; aws-rules R12). */
function negativeTtl(soa: DnsSoa): number {
  return Math.min(soa.ttlSeconds, soa.minimumSeconds);
}

/** CNAMEs stay in front, in their order; addresses take turns in being first. */
function rotated(records: DnsRecord[], turn: number): DnsRecord[] {
  const isAddress = (record: DnsRecord) => record.type === "A" || record.type === "AAAA";
  const addresses = records.filter(isAddress);
  const first = addresses.length > 0 ? turn % addresses.length : 0;
  return [...records.filter((record) => !isAddress(record)), ...addresses.slice(first), ...addresses.slice(0, first)];
}

function toAnswer({ name, type, ttlSeconds, data }: DnsRecord): Answer {
  return { name, type, class: "IN", ttl: ttlSeconds, data };
}

function toSoa(soa: DnsSoa, ttlSeconds: number): Answer {
  return {
    name: soa.zone,
    type: "SOA",
    class: "IN",
    ttl: ttlSeconds,
    // The three times in the middle are what Route 53 writes into every zone; only secondary servers read them.
    data: {
      mname: soa.nameServer,
      rname: soa.hostmaster,
      serial: soa.serial,
      refresh: 7200,
      retry: 900,
      expire: 1_209_600,
      minimum: soa.minimumSeconds,
    },
  };
}

/** The question comes back letter by letter as it was asked: resolvers mix the case to tell forged answers (0x20). */
function fitted(query: DecodedPacket, question: Question, found: Sections, transport: "udp" | "tcp"): Buffer {
  const options = query.additionals?.find((record) => record.type === "OPT");
  const asSpelled = (answer: Answer): Answer =>
    answer.name.toLowerCase() === question.name.toLowerCase() ? { ...answer, name: question.name } : answer;
  const authoritative = found.code === NO_ERROR || found.code === NO_SUCH_NAME ? AUTHORITATIVE_ANSWER : 0;
  const packet: Packet = {
    type: "response",
    id: query.id ?? 0,
    flags: authoritative | ((query.flags ?? 0) & RECURSION_DESIRED) | found.code,
    questions: [question],
    answers: found.answers.map(asSpelled),
    authorities: found.authorities,
    additionals: options ? [OWN_OPTIONS] : [],
  };
  const encoded = encode(packet);
  const asked = options?.type === "OPT" ? options.udpPayloadSize : PLAIN_UDP_BYTES;
  const limit = Math.min(Math.max(asked, PLAIN_UDP_BYTES), LARGEST_UDP_BYTES);
  if (transport === "tcp" || encoded.length <= limit) return encoded;
  return encode({ ...packet, flags: packet.flags! | TRUNCATED_RESPONSE, answers: [], authorities: [] });
}

const OWN_OPTIONS: Answer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: LARGEST_UDP_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/** For messages that cannot be read: the id and the code, and nothing else. */
function bareHeader(message: Buffer, code: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  message.copy(header, 0, 0, 2);
  // QR, then opcode and RD as asked.
  header[2] = 0x80 | (message[2]! & 0x79);
  header[3] = code;
  return header;
}
