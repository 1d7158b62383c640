import { createHash, randomUUID } from "node:crypto";

/**
 * A message of SSM's data channel. Numbers are big-endian:
 *
 *   length of the header (4), type (32), schema version (4), Unix milliseconds (8), sequence number (8), flags (8), id (16), SHA-256 of the payload
 *   (32), type of the payload (4); these are the header. Then the length of the payload (4), and the payload.
 *
 * Source: AWS's session-manager-plugin, src/message.
 */
export interface AgentMessage {
  type: string;
  sequence: number;
  flags: bigint;
  /** UUID with hyphens. */
  id: string;
  payloadType: number;
  payload: Buffer;
}

/** Types of messages. */
export const MESSAGE = {
  input: "input_stream_data",
  output: "output_stream_data",
  acknowledge: "acknowledge",
  closed: "channel_closed",
} as const;

/** Types of payloads. */
export const PAYLOAD = {
  /** Zero for messages without a type of their own. */
  none: 0,
  data: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  encryptionChallenge: 8,
  standardError: 11,
} as const;

/** SYN and FIN: the message is a sequence of its own. */
const ALONE = 3n;
const SCHEMA_VERSION = 1;
const AT = { type: 4, version: 36, created: 40, sequence: 48, flags: 56, id: 64, digest: 80, payloadType: 112 };
const HEADER_BYTES = 116;
const LENGTH_BYTES = 4;
const TYPE_BYTES = 32;

/** @param message with an id of its own if it has none, and flags 0 by default */
export function encodeMessage(
  message: Pick<AgentMessage, "type" | "sequence" | "payloadType" | "payload"> & Partial<AgentMessage>,
  nowMs: number,
): Buffer {
  const { type, sequence, payloadType, payload, flags = 0n, id = randomUUID() } = message;
  const bytes = Buffer.alloc(HEADER_BYTES + LENGTH_BYTES + payload.length);
  bytes.writeUInt32BE(HEADER_BYTES);
  bytes.write(type.padEnd(TYPE_BYTES), AT.type, "utf8");
  bytes.writeUInt32BE(SCHEMA_VERSION, AT.version);
  bytes.writeBigUInt64BE(BigInt(nowMs), AT.created);
  bytes.writeBigInt64BE(BigInt(sequence), AT.sequence);
  bytes.writeBigUInt64BE(flags, AT.flags);
  swappedHalves(Buffer.from(id.replaceAll("-", ""), "hex")).copy(bytes, AT.id);
  digestOf(payload).copy(bytes, AT.digest);
  bytes.writeUInt32BE(payloadType, AT.payloadType);
  bytes.writeUInt32BE(payload.length, HEADER_BYTES);
  payload.copy(bytes, HEADER_BYTES + LENGTH_BYTES);
  return bytes;
}

/** @throws Error for bytes that are no whole message */
export function decodeMessage(bytes: Buffer): AgentMessage {
  if (bytes.length < HEADER_BYTES) throw new Error(`a message of ${bytes.length} bytes is too short`);
  // The header of a message without a payload may end before the payload's type.
  const headerBytes = bytes.readUInt32BE();
  const payload = bytes.subarray(headerBytes + LENGTH_BYTES);
  if (payload.length > 0 && !digestOf(payload).equals(bytes.subarray(AT.digest, AT.payloadType)))
    throw new Error("the payload of a message does not have its digest");
  const id = swappedHalves(bytes.subarray(AT.id, AT.digest)).toString("hex");
  return {
    type: bytes
      .subarray(AT.type, AT.version)
      .toString("utf8")
      .replace(/[\0\s]+$/, ""),
    sequence: Number(bytes.readBigInt64BE(AT.sequence)),
    flags: bytes.readBigUInt64BE(AT.flags),
    id: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
    payloadType: headerBytes > AT.payloadType ? bytes.readUInt32BE(AT.payloadType) : PAYLOAD.none,
    payload,
  };
}

/** The acknowledgement of a message of a sequence. */
export function encodeAcknowledgement({ type, id, sequence }: AgentMessage, nowMs: number): Buffer {
  const content = {
    AcknowledgedMessageType: type,
    AcknowledgedMessageId: id,
    AcknowledgedMessageSequenceNumber: sequence,
    IsSequentialMessage: true,
  };
  return encodeMessage(
    { type: MESSAGE.acknowledge, sequence: 0, flags: ALONE, payloadType: PAYLOAD.none, payload: json(content) },
    nowMs,
  );
}

/** Returns the sequence number that an acknowledgement is for. */
export function acknowledgedSequence({ payload }: AgentMessage): number {
  return JSON.parse(payload.toString("utf8")).AcknowledgedMessageSequenceNumber;
}

export function json(content: unknown): Buffer {
  return Buffer.from(JSON.stringify(content));
}

/** The second half of an id comes first. */
function swappedHalves(id: Buffer): Buffer {
  return Buffer.concat([id.subarray(8), id.subarray(0, 8)]);
}

function digestOf(payload: Buffer): Buffer {
  return createHash("sha256").update(payload).digest();
}
