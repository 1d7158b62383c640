/** Cuts a TCP stream into DNS messages: each has its length in front, two bytes (RFC 1035, section 4.2.2). */
export class TcpMessages {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that are complete with this piece. */
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

export function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
