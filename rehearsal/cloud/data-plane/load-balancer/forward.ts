import {
  type ClientRequest,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { TOLD_RELEASE } from "../../../told-release";
import type { CloudClock } from "../../kernel/clock";
import { type ClientConnection, hasBody, headersForClient, headersForTarget } from "../http-headers";
import { answerError } from "./answer";
import { breakOff, writeHead } from "./client-response";
import type { InFlightRequest, Target } from "./target";
import { ConnectTimeout } from "./target-connections";
import type { Outcome } from "./traffic-counts";

/** Time limit for a connection to a target, in AWS seconds (aws-rules E35). */
export const CONNECT_SECONDS = 10;

/** Called once, when the response begins. */
export type OnOutcome = (outcome: Outcome) => void;

/**
 * Forwards one request to the chosen target and streams the response back. An error of the target becomes ELB's own
 * 502 or 504 (aws-rules E34, E35), or a closed connection when the response has already begun. No request is ever sent
 * again, not even a GET on a connection that the target has just closed.
 */
export class Forwarding implements InFlightRequest {
  #outgoing: ClientRequest | undefined;
  /** True when the response has begun, that of the target or our own. */
  #answered = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly target: Target,
    private readonly onOutcome: OnOutcome,
  ) {}

  start(connection: ClientConnection, clock: CloudClock): void {
    this.target.begin(this);
    let isComplete = false;
    this.response.once("finish", () => {
      isComplete = true;
    });
    this.response.once("close", () => {
      this.target.end(this);
      // The client closed the connection before the response was complete, so the target need not go on.
      if (!isComplete) this.#stopForwarding();
    });
    const { endpoint, reachable } = this.target.config;
    if (!reachable) this.#failAfter(504, clock.realMs(CONNECT_SECONDS));
    else if (!endpoint) this.#fail(502, "noConnection");
    else this.#send(endpoint, headersForTarget(this.request, connection));
  }

  abort(): void {
    this.#fail(502);
    this.#stopForwarding();
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
      // A client that does not send its body causes the silence itself.
      this.#fail(this.request.complete || !body ? 504 : 408);
      this.#stopForwarding();
    });
    sent.on("error", (error) => {
      if (this.#answered) return;
      if (error instanceof ConnectTimeout) this.#fail(504, "noConnection");
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
    this.target.readKeepAlive(answer.headers["keep-alive"]);
    try {
      writeHead(
        this.response,
        status,
        [...headersForClient(answer), ...toldRelease(this.request, this.target)],
        message,
      );
    } catch {
      answer.destroy();
      this.#fail(502);
      return;
    }
    this.#answered = true;
    this.onOutcome({ status, from: "target" });
    answer.on("error", () => breakOff(this.response));
    answer.pipe(this.response);
  }

  /** Answers with an error of the load balancer, or closes the connection when a response has already begun. */
  #fail(status: number, from: Outcome["from"] = "loadBalancer"): void {
    if (this.#answered) {
      if (!this.response.writableEnded) breakOff(this.response);
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

  #stopForwarding(): void {
    this.#answered = true;
    this.#outgoing?.destroy();
  }
}

/** The header that tells which release answers, if the request asks for it; else none. */
export function toldRelease({ headers }: IncomingMessage, { config: { endpoint } }: Target): string[] {
  return TOLD_RELEASE in headers && endpoint?.release ? [TOLD_RELEASE, endpoint.release] : [];
}

/** True for errors such as ECONNREFUSED, after which nothing was sent. */
export function isConnectError(error: NodeJS.ErrnoException): boolean {
  return error.syscall === "connect";
}
