import { createHash } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error";

/** A message as it lies in a queue. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Record<string, MessageAttribute>;
  readonly senderId: string;
  /** Unix milliseconds. */
  readonly sentAtMs: number;
  /** How often it was handed out, in all queues together. */
  receiveCount: number;
  firstReceivedAtMs: number | undefined;
  /** ARN of the queue that gave it up. */
  deadLetterSource: string | undefined;
}

/** As it is on the wire; binary values are base64. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string | undefined;
  BinaryValue?: string | undefined;
}

/** SQS takes what XML 1.0 can hold. */
const FORBIDDEN_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const STRING_VALUE = 1;
const BINARY_VALUE = 2;

export function refuseContents(body: string): void {
  if (body === "") throw new AwsError("MissingParameter", "The request must contain the parameter MessageBody.");
  const [wrong] = FORBIDDEN_CHARACTER.exec(body) ?? [];
  if (wrong === undefined) return;
  throw new AwsError(
    "InvalidMessageContents",
    `Invalid binary character '#x${wrong.codePointAt(0)!.toString(16).toUpperCase()}' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`,
  );
}

/** Bytes that count for the limits: the body and every attribute's name, type and value. */
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
 * The checksum that clients compare: by name, each with its length before it, are name, type and value; a byte says what the value is.
 * Undefined without attributes.
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
