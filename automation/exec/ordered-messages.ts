import {
  type AgentMessage,
  acknowledgedSequence,
  decodeMessage,
  encodeAcknowledgement,
  encodeMessage,
  MESSAGE,
} from "./agent-message";

/** A message that is not acknowledged after this time is sent again. */
const RESEND_MS = 1_000;
/** So many bytes are in one message at most, as in AWS's own client. */
const MAX_PAYLOAD_BYTES = 1024;

interface Sent {
  sequence: number;
  bytes: Buffer;
  sentMs: number;
}

export interface OrderedMessagesOptions {
  /** Type of the messages that this side sends in order. */
  sends: typeof MESSAGE.input | typeof MESSAGE.output;
  send(bytes: Buffer): void;
  /** Gets each message of the other side once and in order. Those that have no order come at once. */
  receive(message: AgentMessage): void;
  now(): number;
}

/**
 * One end of a data channel. Each side numbers its messages, acknowledges those of the other, and repeats what was not
 * acknowledged: an agent takes no input before its terminal is open.
 */
export class OrderedMessages {
  readonly #options: OrderedMessagesOptions;
  readonly #early = new Map<number, AgentMessage>();
  #expected = 0;
  #next = 0;
  #unacknowledged: Sent[] = [];
  /** Told when messages are acknowledged. */
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(options: OrderedMessagesOptions) {
    this.#options = options;
  }

  /** Number of messages that the other side has not acknowledged yet. */
  get pending(): number {
    return this.#unacknowledged.length;
  }

  /** Resolves when the other side has acknowledged all but so many messages, or never will. */
  async untilPending(most: number): Promise<void> {
    while (this.pending > most && !this.#isClosed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Nothing is acknowledged any more. */
  close(): void {
    this.#isClosed = true;
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /** Sends bytes in as many messages as they need. */
  send(payloadType: number, payload: Buffer): void {
    const { send, sends, now } = this.#options;
    for (let start = 0; start === 0 || start < payload.length; start += MAX_PAYLOAD_BYTES) {
      const part = payload.subarray(start, start + MAX_PAYLOAD_BYTES);
      const bytes = encodeMessage({ type: sends, sequence: this.#next, payloadType, payload: part }, now());
      this.#unacknowledged.push({ sequence: this.#next, bytes, sentMs: now() });
      this.#next += 1;
      send(bytes);
    }
  }

  /** @throws Error for bytes that are no message */
  receive(bytes: Buffer): void {
    const { send, receive, now, sends } = this.#options;
    const message = decodeMessage(bytes);
    const ordered = sends === MESSAGE.input ? MESSAGE.output : MESSAGE.input;
    if (message.type === MESSAGE.acknowledge) {
      const sequence = acknowledgedSequence(message);
      this.#unacknowledged = this.#unacknowledged.filter((sent) => sent.sequence !== sequence);
      this.#tellWaiting();
      return;
    }
    if (message.type !== ordered) {
      receive(message);
      return;
    }
    send(encodeAcknowledgement(message, now()));
    if (message.sequence < this.#expected) return;
    this.#early.set(message.sequence, message);
    for (let next = this.#early.get(this.#expected); next; next = this.#early.get(this.#expected)) {
      this.#early.delete(this.#expected);
      this.#expected += 1;
      receive(next);
    }
  }

  /** Sends the oldest message again if it has waited for its acknowledgement for too long. */
  resend(): void {
    const [oldest] = this.#unacknowledged;
    const { send, now } = this.#options;
    if (!oldest || now() - oldest.sentMs < RESEND_MS) return;
    oldest.sentMs = now();
    send(oldest.bytes);
  }
}
