import { randomUUID } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import {
  checkContents,
  type Message,
  type MessageAttribute,
  readReceiptHandle,
  sizeOf,
  writeReceiptHandle,
} from "./message";
import type { QueuePolicy, QueueSettings, RedrivePolicy } from "./queue-settings";

/** Limit of messages that are received but not deleted. */
const MAX_IN_FLIGHT = 120_000;
/** AWS seconds between two purges. */
const PURGE_PAUSE_SECONDS = 60;

export interface QueuePorts {
  context: Pick<CloudContext, "clock" | "log">;
  queue(arn: string): Queue | undefined;
}

export interface NewMessage {
  body: string;
  attributes: Record<string, MessageAttribute>;
  senderId: string;
  /** AWS seconds until it can be received; the queue's delay if undefined. */
  delaySeconds?: number | undefined;
}

export interface ReceiveRequest {
  /** 1 to 10. */
  maxMessages: number;
  /** AWS seconds; the queue's visibility timeout if undefined. */
  visibilitySeconds?: number | undefined;
}

export interface Received {
  message: Message;
  receiptHandle: string;
}

/** A message that cannot be received until its timer ends. */
interface Hidden {
  message: Message;
  timer: NodeJS.Timeout;
}

interface Poll {
  request: ReceiveRequest;
  end(received: Received[]): void;
  fail(error: Error): void;
}

/**
 * A standard queue. A message can be received until it is deleted, or until it was received too often and moves to the
 * dead-letter queue. Times are AWS seconds.
 */
export class Queue {
  tags: Readonly<Record<string, string>> = {};
  readonly createdAtMs = Date.now();
  changedAtMs = Date.now();
  redrive: RedrivePolicy | null = null;
  policy: QueuePolicy | null = null;
  readonly #ports: QueuePorts;
  readonly #ready = new Map<string, Message>();
  readonly #delayed = new Map<string, Hidden>();
  readonly #inFlight = new Map<string, Hidden>();
  /** The waiting requests, in the order of their arrival. */
  readonly #polls = new Set<Poll>();
  #purgedAtMs = 0;

  constructor(
    readonly name: string,
    readonly arn: string,
    public settings: QueueSettings,
    ports: QueuePorts,
  ) {
    this.#ports = ports;
  }

  get counts(): { ready: number; inFlight: number; delayed: number } {
    for (const message of this.#ready.values()) if (this.#isExpired(message)) this.#ready.delete(message.id);
    return { ready: this.#ready.size, inFlight: this.#inFlight.size, delayed: this.#delayed.size };
  }

  /** Number of requests that wait for a message. */
  get pollCount(): number {
    return this.#polls.size;
  }

  send({ body, attributes, senderId, delaySeconds = this.settings.delaySeconds }: NewMessage): Message {
    checkContents(body);
    if (sizeOf(body, attributes) > this.settings.maxMessageSize) {
      throw new AwsError(
        "InvalidParameterValue",
        `One or more parameters are invalid. Reason: Message must be shorter than ${this.settings.maxMessageSize} bytes.`,
      );
    }
    const message: Message = {
      id: randomUUID(),
      body,
      attributes,
      senderId,
      sentAtMs: Date.now(),
      receiveCount: 0,
      firstReceivedAtMs: undefined,
      deadLetterSource: undefined,
    };
    if (delaySeconds === 0) this.#makeReady(message);
    else this.#hide(this.#delayed, message, delaySeconds);
    return message;
  }

  /**
   * Returns the messages that are available; if there are none, waits up to `waitSeconds` for the first one.
   *
   * @param signal aborted when the client has hung up, so that it gets no message any more
   */
  async receive(
    request: ReceiveRequest,
    signal: AbortSignal,
    waitSeconds = this.settings.receiveWaitTimeSeconds,
  ): Promise<Received[]> {
    if (this.#inFlight.size >= MAX_IN_FLIGHT) {
      throw new AwsError("OverLimit", `Too many messages are in flight; a queue has at most ${MAX_IN_FLIGHT}.`);
    }
    const received = this.#take(request);
    return received.length > 0 || waitSeconds === 0 ? received : this.#poll(request, waitSeconds, signal);
  }

  /** Deletes a message. With an old receipt handle, it succeeds and deletes nothing, as on AWS. */
  delete(receiptHandle: string): void {
    const { messageId, receiveCount } = readReceiptHandle(receiptHandle);
    const hidden = this.#inFlight.get(messageId);
    const message = hidden?.message ?? this.#ready.get(messageId);
    if (message?.receiveCount !== receiveCount) return;
    clearTimeout(hidden?.timer);
    this.#inFlight.delete(messageId);
    this.#ready.delete(messageId);
  }

  /** @param seconds AWS seconds from now on; 0 makes the message available at once */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const { messageId, receiveCount } = readReceiptHandle(receiptHandle);
    const hidden = this.#inFlight.get(messageId);
    if (hidden?.message.receiveCount === receiveCount) {
      clearTimeout(hidden.timer);
      this.#inFlight.delete(messageId);
      if (seconds > 0) this.#hide(this.#inFlight, hidden.message, seconds);
      else this.#makeReady(hidden.message);
      return;
    }
    if (this.#ready.has(messageId)) {
      throw new AwsError("MessageNotInflight", "The message referred to isn't in flight.");
    }
    throw new AwsError(
      "InvalidParameterValue",
      `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  }

  purge(): void {
    if (Date.now() < this.#purgedAtMs + this.#ports.context.clock.realMs(PURGE_PAUSE_SECONDS)) {
      throw new AwsError(
        "PurgeQueueInProgress",
        `Only one PurgeQueue operation on ${this.name} is allowed every ${PURGE_PAUSE_SECONDS} seconds.`,
      );
    }
    this.#purgedAtMs = Date.now();
    this.#clear();
  }

  /** @param error the answer to waiting requests; without it, they get no messages */
  close(error?: AwsError): void {
    this.#clear();
    for (const poll of this.#polls) {
      if (error) poll.fail(error);
      else poll.end([]);
    }
  }

  #take({ maxMessages, visibilitySeconds = this.settings.visibilityTimeoutSeconds }: ReceiveRequest): Received[] {
    const received: Received[] = [];
    const stillReady: Message[] = [];
    for (const message of this.#ready.values()) {
      if (received.length === maxMessages) break;
      this.#ready.delete(message.id);
      if (this.#isExpired(message) || this.#moveToDeadLetters(message)) continue;
      received.push(deliver(message));
      if (visibilitySeconds > 0) this.#hide(this.#inFlight, message, visibilitySeconds);
      else stillReady.push(message);
    }
    for (const message of stillReady) this.#ready.set(message.id, message);
    return received;
  }

  /** Moves a message that was received too often to the dead-letter queue. Returns whether it did. */
  #moveToDeadLetters(message: Message): boolean {
    if (!this.redrive || message.receiveCount < this.redrive.maxReceiveCount) return false;
    const deadLetters = this.#ports.queue(this.redrive.deadLetterTargetArn);
    if (!deadLetters) return false;
    this.#ports.context.log(
      `queue ${this.name}: message ${message.id} was received ${message.receiveCount} times without being deleted and went to ${deadLetters.name}`,
    );
    deadLetters.#makeReady(Object.assign(message, { deadLetterSource: this.arn }));
    return true;
  }

  #poll(request: ReceiveRequest, waitSeconds: number, signal: AbortSignal): Promise<Received[]> {
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", stopWaiting);
        this.#polls.delete(poll);
        then();
      };
      const poll: Poll = {
        request,
        end: (received) => settle(() => resolve(received)),
        fail: (error) => settle(() => reject(error)),
      };
      const stopWaiting = () => poll.end([]);
      const timer = setTimeout(stopWaiting, this.#ports.context.clock.realMs(waitSeconds));
      signal.addEventListener("abort", stopWaiting);
      this.#polls.add(poll);
      if (signal.aborted) stopWaiting();
    });
  }

  #makeReady(message: Message): void {
    this.#ready.set(message.id, message);
    for (const poll of this.#polls) {
      if (this.#ready.size === 0) return;
      const received = this.#take(poll.request);
      if (received.length > 0) poll.end(received);
    }
  }

  #hide(place: Map<string, Hidden>, message: Message, seconds: number): void {
    const timer = setTimeout(() => {
      place.delete(message.id);
      this.#makeReady(message);
    }, this.#ports.context.clock.realMs(seconds));
    place.set(message.id, { message, timer: timer.unref() });
  }

  #isExpired({ sentAtMs }: Message): boolean {
    return sentAtMs + this.#ports.context.clock.realMs(this.settings.messageRetentionSeconds) <= Date.now();
  }

  #clear(): void {
    for (const place of [this.#inFlight, this.#delayed]) {
      for (const { timer } of place.values()) clearTimeout(timer);
      place.clear();
    }
    this.#ready.clear();
  }
}

function deliver(message: Message): Received {
  message.receiveCount += 1;
  message.firstReceivedAtMs ??= Date.now();
  const { id, receiveCount } = message;
  return { message: { ...message }, receiptHandle: writeReceiptHandle({ messageId: id, receiveCount }) };
}
