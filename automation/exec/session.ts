import { randomUUID } from "node:crypto";
import { ping, WebSocket } from "undici";
import { StepFailed } from "../core/errors";
import type { ExecSession } from "../ports/exec";
import { type AgentMessage, json, MESSAGE, PAYLOAD } from "./agent-message";
import { OrderedMessages } from "./ordered-messages";

/** The version of AWS's own client whose protocol this is; agents decide by it what they may send. */
const CLIENT_VERSION = "1.2.650.0";
const RESEND_EVERY_MS = 250;
/** AWS's own client pings as often. */
const PING_EVERY_MS = 5 * 60_000;
/** Input waits while so many messages are on the way. */
const MAX_PENDING = 64;
const STATUS = { success: 1, failed: 2 };

export interface Size {
  cols: number;
  rows: number;
}

export interface SessionHandlers {
  /** Gets what the remote terminal prints. */
  onOutput(bytes: Buffer): void;
  /** Called once, when the remote side takes input. */
  onReady(): void;
}

interface RequestedAction {
  ActionType: string;
  ActionParameters: { SessionType?: string };
}

/** An open session of ECS Exec: a terminal in a container, reached through SSM. */
export class Session {
  /** Resolves when the remote side has ended the session, to what SSM says about the end; rejects if the connection is lost. */
  readonly ended: Promise<string>;
  readonly #socket: WebSocket;
  readonly #messages: OrderedMessages;
  readonly #handlers: SessionHandlers;
  #isReady = false;
  #setEnded!: (reason: string) => void;
  #setFailed!: (error: Error) => void;

  constructor({ url, token }: ExecSession, handlers: SessionHandlers) {
    this.#handlers = handlers;
    this.ended = new Promise((resolve, reject) => {
      this.#setEnded = resolve;
      this.#setFailed = reject;
    });
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = "arraybuffer";
    this.#messages = new OrderedMessages({
      sends: MESSAGE.input,
      send: (bytes) => this.#socket.readyState === WebSocket.OPEN && this.#socket.send(bytes),
      receive: (message) => this.#receive(message),
      now: Date.now,
    });
    this.#listen(token);
  }

  /** Whether the remote side takes input. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Types into the remote terminal. Resolves when more may be sent. */
  async input(bytes: Buffer): Promise<void> {
    this.#messages.send(PAYLOAD.data, bytes);
    await this.#messages.untilPending(MAX_PENDING);
  }

  resize(size: Size): void {
    this.#messages.send(PAYLOAD.size, json(size));
  }

  /** Ends the connection. SSM ends what still runs when its idle timeout is over. */
  close(): void {
    this.#socket.close();
    this.#setEnded("");
  }

  #listen(token: string): void {
    const socket = this.#socket;
    const resending = setInterval(() => this.#messages.resend(), RESEND_EVERY_MS);
    const pinging = setInterval(() => ping(socket), PING_EVERY_MS);
    socket.addEventListener("open", () =>
      socket.send(
        JSON.stringify({
          MessageSchemaVersion: "1.0",
          RequestId: randomUUID(),
          TokenValue: token,
          ClientId: randomUUID(),
          ClientVersion: CLIENT_VERSION,
        }),
      ),
    );
    socket.addEventListener("message", ({ data }) => {
      try {
        this.#messages.receive(Buffer.from(data as ArrayBuffer));
      } catch (error) {
        this.#fail((error as Error).message);
      }
    });
    socket.addEventListener("error", ({ message }) => this.#fail(message));
    socket.addEventListener("close", ({ reason }) => this.#fail(reason));
    const stop = () => {
      clearInterval(resending);
      clearInterval(pinging);
      this.#messages.close();
      socket.close();
    };
    this.ended.then(stop, stop);
  }

  #fail(why: string): void {
    this.#setFailed(new StepFailed(`the connection to the session is lost${why ? `: ${why}` : ""}`));
  }

  #receive({ type, payloadType, payload }: AgentMessage): void {
    const content = () => JSON.parse(payload.toString("utf8"));
    if (type === MESSAGE.closed) this.#setEnded(content().Output ?? "");
    if (type !== MESSAGE.output) return;
    if (payloadType === PAYLOAD.handshakeRequest) this.#answer(content());
    else if (payloadType === PAYLOAD.handshakeComplete) this.#setReady();
    else if (payloadType === PAYLOAD.data || payloadType === PAYLOAD.standardError) {
      // An agent that makes no handshake begins with output.
      this.#setReady();
      this.#handlers.onOutput(payload);
    }
  }

  #setReady(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#handlers.onReady();
  }

  /** A session with a KMS key of its own cannot be had: the program sets none. */
  #answer({ RequestedClientActions }: { RequestedClientActions: RequestedAction[] }): void {
    const processed = RequestedClientActions.map(({ ActionType }) =>
      ActionType === "SessionType"
        ? { ActionType, ActionStatus: STATUS.success, ActionResult: null, Error: "" }
        : { ActionType, ActionStatus: STATUS.failed, ActionResult: null, Error: `${ActionType} is not supported` },
    );
    const errors = processed.map(({ Error: error }) => error).filter(Boolean);
    this.#messages.send(
      PAYLOAD.handshakeResponse,
      json({ ClientVersion: CLIENT_VERSION, ProcessedClientActions: processed, Errors: errors }),
    );
    if (errors.length > 0)
      this.#setFailed(
        new StepFailed(
          `the session asks for ${errors.join(", ")}: take AWS's own client, \`aws ecs execute-command\`, for a cluster whose sessions have a KMS key`,
        ),
      );
  }
}
