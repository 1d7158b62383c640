import type { WebSocket } from "ws";
import { encodeMessage, json, MESSAGE, PAYLOAD } from "../../../../../automation/exec/agent-message";
import { OrderedMessages } from "../../../../../automation/exec/ordered-messages";
import type { TerminalProcess } from "../../../processes/terminal-process";

const AGENT_VERSION = "3.3.40.0";
/**
 * Real milliseconds without input or output after which SSM ends a session (C49). A person types as slowly as ever, whatever
 * the speed of the cloud's clock.
 */
const IDLE_MS = 20 * 60_000;
const RESEND_EVERY_MS = 250;
const SUCCESS = 1;

/** Starts the command. The terminal's output goes to the function. @throws Error with what the client is told */
type Start = (onOutput: (bytes: Buffer) => void) => TerminalProcess;

/**
 * The agent's end of a data channel, which SSM connects with the client's: it asks for a session's type, starts the command
 * in a terminal, and says when that has ended.
 */
export class ExecSession {
  readonly #socket: WebSocket;
  readonly #messages: OrderedMessages;
  readonly #start: Start;
  readonly #id: string;
  readonly #resending: NodeJS.Timeout;
  #idle: NodeJS.Timeout | undefined;
  #terminal: TerminalProcess | undefined;
  #isOver = false;

  constructor(id: string, socket: WebSocket, start: Start) {
    this.#id = id;
    this.#socket = socket;
    this.#start = start;
    this.#messages = new OrderedMessages({
      sends: MESSAGE.output,
      send: (bytes) => socket.send(bytes),
      receive: ({ payloadType, payload }) => this.#receive(payloadType, payload),
      now: Date.now,
    });
    socket.on("message", (bytes: Buffer) => this.#messages.receive(bytes));
    socket.on("close", () => this.end(""));
    this.#resending = setInterval(() => this.#messages.resend(), RESEND_EVERY_MS);
    this.#touch();
    this.#messages.send(
      PAYLOAD.handshakeRequest,
      json({
        AgentVersion: AGENT_VERSION,
        RequestedClientActions: [
          { ActionType: "SessionType", ActionParameters: { SessionType: "InteractiveCommands", Properties: {} } },
        ],
      }),
    );
  }

  /** Ends the session and what runs in it. @param why what the client is told; empty if the command has ended by itself */
  end(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#resending);
    clearTimeout(this.#idle);
    this.#terminal?.kill();
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const content = { MessageType: MESSAGE.closed, SessionId: this.#id, SchemaVersion: 1, Output: why };
    this.#socket.send(
      encodeMessage(
        { type: MESSAGE.closed, sequence: 0, payloadType: PAYLOAD.none, payload: json(content) },
        Date.now(),
      ),
    );
    this.#socket.close();
  }

  #receive(payloadType: number, payload: Buffer): void {
    this.#touch();
    if (payloadType === PAYLOAD.handshakeResponse) this.#begin(JSON.parse(payload.toString("utf8")));
    else if (payloadType === PAYLOAD.data) this.#terminal?.type(payload);
    else if (payloadType === PAYLOAD.size) void this.#terminal?.resize(JSON.parse(payload.toString("utf8")));
  }

  #begin({ ProcessedClientActions }: { ProcessedClientActions: { ActionStatus: number }[] }): void {
    if (ProcessedClientActions.some(({ ActionStatus }) => ActionStatus !== SUCCESS)) {
      this.end("Handshake failed.");
      return;
    }
    this.#messages.send(PAYLOAD.handshakeComplete, json({ HandshakeTimeToComplete: 1_000_000, CustomerMessage: "" }));
    try {
      this.#terminal = this.#start((bytes) => {
        this.#touch();
        this.#messages.send(PAYLOAD.data, bytes);
      });
    } catch (error) {
      this.end((error as Error).message);
      return;
    }
    void this.#terminal.ended.then(() => this.end(""));
  }

  #touch(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.end("Your session timed out due to inactivity"), IDLE_MS).unref();
  }
}
