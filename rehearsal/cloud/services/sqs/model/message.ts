import { createHash } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error";

/** A message of a queue. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Record<string, MessageAttribute>;
  readonly senderId: string;
  /** Unix milliseconds. */
  readonly sentAtMs: number;
  /** Number of receives, in all queues together. */
  receiveCount: number;
  firstReceivedAtMs: number | undefined;
  /** ARN of the queue that moved it to the dead-letter queue. */
  deadLetterSource: string | undefined;
}

/** A message attribute in the form of the API; binary values are base64. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string | undefined;
  BinaryValue?: string | undefined;
}

/** A character that SQS refuses: it accepts only those of XML 1.0. */
const FORBIDDEN_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const STRING_VALUE = 1;
const BINARY_VALUE = 2;

/** @throws AwsError `MissingParameter`, `InvalidMessageContents` */
export function checkContents(body: string): void {
  if (body === "") throw new AwsError("MissingParameter", "The request must contain the parameter MessageBody.");
  const [wrong] = FORBIDDEN_CHARACTER.exec(body) ?? [];
  if (wrong === undefined) return;
  throw new AwsError(
    "InvalidMessageContents",
    `Invalid binary character '#x${wrong.codePointAt(0)!.toString(16).toUpperCase()}' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`,
  );
}

/** Returns the bytes that count for the size limits: the body and the name, type and value of every attribute. */
export function sizeOf(body: string, attributes: Record<string, MessageAttribute>): number {
  const sizes = Object.entries(attributes).map(
    ([name, attribute]) =>
      Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + bytesOf(attribute).byteLength,
  );
  return sizes.reduce((sum, size) => sum + size, Buffer.byteLength(body));
}

export function md5(content: string | Buffer): string {
  return createHash("md5").update(content).digest("hex");
}

/**
 * Returns the checksum of the attributes that clients compare, or undefined without attributes. It covers name, type
 * and value of each attribute in the order of the names, each with its length in front; a byte gives the kind of the
 * value.
 */
export function md5OfAttributes(attributes: Record<string, MessageAttribute>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const attribute = attributes[name]!;
    const kind = attribute.DataType.startsWith("Binary") ? BINARY_VALUE : STRING_VALUE;
    return [
      ...withLength(Buffer.from(name)),
      ...withLength(Buffer.from(attribute.DataType)),
      Buffer.from([kind]),
      ...withLength(bytesOf(attribute)),
    ];
  });
  return md5(Buffer.concat(parts));
}

function bytesOf({ DataType, StringValue, BinaryValue }: MessageAttribute): Buffer {
  return DataType.startsWith("Binary") ? Buffer.from(BinaryValue ?? "", "base64") : Buffer.from(StringValue ?? "");
}

function withLength(content: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.byteLength);
  return [length, content];
}

/** Identifies one receive of a message. Only the last receive of a message can delete it. */
export interface Receipt {
  messageId: string;
  receiveCount: number;
}

export function writeReceiptHandle({ messageId, receiveCount }: Receipt): string {
  return Buffer.from(`${messageId} ${receiveCount}`).toString("base64");
}

/** @throws AwsError `ReceiptHandleIsInvalid` */
export function readReceiptHandle(handle: string): Receipt {
  const [, messageId, receiveCount] = /^([0-9a-f-]{36}) (\d+)$/.exec(Buffer.from(handle, "base64").toString()) ?? [];
  if (messageId === undefined) {
    throw new AwsError("ReceiptHandleIsInvalid", `The input receipt handle "${handle}" is not a valid receipt handle.`);
  }
  return { messageId, receiveCount: Number(receiveCount) };
}
