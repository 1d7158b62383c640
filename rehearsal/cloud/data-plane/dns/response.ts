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

/** The opcode of a query, in the third byte of the header. */
const QUERY_OPCODE = 0;

const HEADER_BYTES = 12;
/** Largest UDP response for a client that does not announce another size (RFC 1035, section 4.2.1). */
const PLAIN_UDP_BYTES = 512;
/** Largest UDP response for any client: safe from fragmentation, the value of DNS Flag Day 2020. */
const LARGEST_UDP_BYTES = 1232;

const MODELLED_TYPES = ["A", "AAAA", "CNAME", "NS", "SOA", "TXT"] as const;
type ModelledType = (typeof MODELLED_TYPES)[number];

export interface QueryContext {
  /** Index of the name server that was asked. */
  nameServer: number;
  transport: "udp" | "tcp";
  /** Counts up with each query, so that the A records rotate. */
  queryNumber: number;
}

/**
 * Returns the response to one message.
 * @returns undefined for a message that must not be answered: one shorter than a header, or a response
 */
export function respond(message: Buffer, context: QueryContext, source: DnsZoneSource): Buffer | undefined {
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
    return encodeResponse(query, question, answerTo(question, context, source), context.transport);
  } catch {
    return bareHeader(message, SERVER_FAILURE);
  }
}

interface Sections {
  code: number;
  answers: Answer[];
  authorities: Answer[];
}

function answerTo(question: Question, context: QueryContext, source: DnsZoneSource): Sections {
  if (question.class !== "IN") return { code: REFUSED, answers: [], authorities: [] };
  const name = question.name.toLowerCase().replace(/\.$/, "");
  const type = MODELLED_TYPES.find((modelled) => modelled === question.type);
  // For a type that no zone here can have (HTTPS, MX, ANY, ...), it matters only whether the name exists.
  const found = source.lookup(context.nameServer, name, type ?? "SOA");
  return sections(found, { ...question, name }, type, context.queryNumber);
}

function sections(found: DnsLookup, question: Question, type: ModelledType | undefined, queryNumber: number): Sections {
  switch (found.kind) {
    case "answer":
      return { code: NO_ERROR, answers: rotated(found.records, queryNumber).map(toAnswer), authorities: [] };
    case "noData": {
      const soa = toSoa(found.soa, type === "SOA" ? found.soa.ttlSeconds : negativeTtl(found.soa));
      const isRequested = type === "SOA" && found.soa.zone.toLowerCase() === question.name;
      return { code: NO_ERROR, answers: isRequested ? [soa] : [], authorities: isRequested ? [] : [soa] };
    }
    case "noSuchName":
      return { code: NO_SUCH_NAME, answers: [], authorities: [toSoa(found.soa, negativeTtl(found.soa))] };
    case "refused":
      return { code: REFUSED, answers: [], authorities: [] };
  }
}

/** Returns how many seconds a resolver caches a missing name (RFC 2308, section 5; aws-rules R12). */
function negativeTtl(soa: DnsSoa): number {
  return Math.min(soa.ttlSeconds, soa.minimumSeconds);
}

/** Returns the records with the CNAMEs first, in their order, and the addresses rotated. */
function rotated(records: DnsRecord[], queryNumber: number): DnsRecord[] {
  const isAddress = (record: DnsRecord) => record.type === "A" || record.type === "AAAA";
  const addresses = records.filter(isAddress);
  const first = addresses.length > 0 ? queryNumber % addresses.length : 0;
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
    // Route 53 writes refresh, retry and expire into every zone; only secondary servers read them.
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

/**
 * Encodes a response. It repeats the question's exact spelling, because resolvers mix upper and lower case to detect
 * forged responses (0x20).
 */
function encodeResponse(query: DecodedPacket, question: Question, found: Sections, transport: "udp" | "tcp"): Buffer {
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
  const requestedBytes = options?.type === "OPT" ? options.udpPayloadSize : PLAIN_UDP_BYTES;
  const limit = Math.min(Math.max(requestedBytes, PLAIN_UDP_BYTES), LARGEST_UDP_BYTES);
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

/** Returns the response to a message that cannot be decoded: only the id and the code. */
function bareHeader(message: Buffer, code: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  message.copy(header, 0, 0, 2);
  // QR, then opcode and RD of the query.
  header[2] = 0x80 | (message[2]! & 0x79);
  header[3] = code;
  return header;
}
