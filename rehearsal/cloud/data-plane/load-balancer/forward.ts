import {
  type ClientRequest,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { answerError } from "./answer";
import type { Pace } from "./cloud-clock";
import { type ClientConnection, hasBody, headersForClient, headersForTarget } from "./headers";
import type { Flight, Target } from "./target";
import { ConnectTimeout } from "./target-connections";
import type { Outcome } from "./traffic-counts";

/** AWS seconds within which a connection to a target must be made (aws-rules E35). */
export const CONNECT_SECONDS = 10;

/** A GET that met a connection just closed by the target may be sent again; nothing that changes state may. */
const REPLAYABLE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Called once, when the answer begins. */
export type OnOutcome = (outcome: Outcome) => void;

/**
 * One request on its way to the chosen target, and the answer on its way back, both streamed.
 * What goes wrong on the target's side becomes ELB's own 502 or 504 (aws-rules E34, E35), or, once the answer has
 * begun, a cut connection.
 */
export class Forwarding implements Flight {
  #outgoing: ClientRequest | undefined;
  /** The answer has begun, the target's or our own. */
  #answered = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly target: Target,
    private readonly onOutcome: OnOutcome,
  ) {}

  start(connection: ClientConnection, pace: Pace): void {
    this.target.takeOff(this);
    this.response.once("close", () => {
      this.target.land(this);
      // The client has gone before the answer was complete: the target need not go on.
      if (!this.response.writableFinished) this.#abandon();
    });
    const { endpoint, reachable } = this.target.config;
    if (!reachable) this.#failAfter(504, pace.milliseconds(CONNECT_SECONDS));
    else if (!endpoint) this.#fail(502, "noConnection");
    else this.#send(endpoint, headersForTarget(this.request, connection));
  }

  cut(): void {
    this.#fail(502);
    this.#abandon();
  }

  #send(endpoint: { address: string; port: number }, headers: string[]): void {
    const body = hasBody(this.request);
    let sent: ClientRequest;
    try {
      sent = openRequest({
        host: endpoint.address,
        port: endpoint.port,
        method: this.request.method,
        path: this.request.url,
        headers,
        agent: this.target.agent,
      });
    } catch {
      // Node refuses to send a path with raw spaces or control characters.
      this.#fail(400);
      return;
    }
    this.#outgoing = sent;
    sent.on("response", (answer) => this.#pass(answer));
    sent.on("timeout", () => {
      // Silence that the client causes, by not sending its body, is its own fault.
      this.#fail(this.request.complete || !body ? 504 : 408);
      this.#abandon();
    });
    sent.on("error", (error) => {
      if (this.#answered) return;
      const replayable = !body && REPLAYABLE_METHODS.has(this.request.method ?? "");
      if (sent.reusedSocket && replayable) this.#send(endpoint, headers);
      else if (error instanceof ConnectTimeout) this.#fail(504, "noConnection");
      else this.#fail(502, isConnectError(error) ? "noConnection" : "loadBalancer");
    });
    if (body) this.request.pipe(sent);
    else sent.end();
  }

  #pass(answer: IncomingMessage): void {
    if (this.#answered) {
      answer.resume();
      return;
    }
    const answered = answer.statusCode ?? 502;
    const status = this.target.statusFor(answered);
    const message = status === answered ? answer.statusMessage : STATUS_CODES[status];
    try {
      this.response.writeHead(status, message, headersForClient(answer));
    } catch {
      answer.destroy();
      this.#fail(502);
      return;
    }
    this.#answered = true;
    this.onOutcome({ status, from: "target" });
    answer.on("error", () => this.response.destroy());
    answer.pipe(this.response);
  }

  /** The load balancer's own answer; once an answer has begun, all that is left is to cut it. */
  #fail(status: number, from: Outcome["from"] = "loadBalancer"): void {
    if (this.#answered) {
      if (!this.response.writableEnded) this.response.destroy();
      return;
    }
    this.#answered = true;
    this.onOutcome({ status, from });
    answerError(this.response, status);
  }

  #failAfter(status: number, milliseconds: number): void {
    const timer = setTimeout(() => this.#fail(status, "noConnection"), milliseconds);
    this.response.once("close", () => clearTimeout(timer));
  }

  #abandon(): void {
    this.#answered = true;
    this.#outgoing?.destroy();
  }
}

/** Such as ECONNREFUSED: nothing was sent. */
export function isConnectError(error: NodeJS.ErrnoException): boolean {
  return error.syscall === "connect";
}
