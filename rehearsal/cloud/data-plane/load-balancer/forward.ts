import {
  type ClientRequest,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { TOLD_RELEASE, TOLD_SERVICE } from "../../../told-target";
import type { CloudClock } from "../../kernel/clock";
import { type ClientConnection, hasBody, headersForClient, headersForTarget } from "../http-headers";
import { answerError } from "./answer";
import { breakOff, writeHead } from "./client-response";
import type { InFlightRequest, Target } from "./target";
import { ConnectTimeout } from "./target-connections";
import type { Outcome } from "./traffic-counts";

/** Time limit for a connection to a target, in AWS seconds (aws-rules E35). */
export const CONNECT_SECONDS = 10;

/** What a load balancer forwards by. */
export interface Forwards {
  clock: CloudClock;
  /** Whether headers with invalid names do not reach targets now (E61). */
  dropsInvalidHeaders(): boolean;
}

/** Called once, when the response begins. */
export type OnOutcome = (outcome: Outcome) => void;

/**
 * Forwards one request to the chosen target and streams the response back. An error of the target becomes ELB's own
 * 502 or 504 (aws-rules E34, E35), or a closed connection when the response has already begun. No request is ever sent
 * again, not even a GET on a connection that the target has just closed.
 */
export abstract class Forwarding implements InFlightRequest {
  /** True when the response has begun, that of the target or our own. */
  protected isAnswered = false;
  readonly #startedMs = performance.now();

  constructor(
    protected readonly request: IncomingMessage,
    protected readonly response: ServerResponse,
    protected readonly target: Target,
    private readonly onOutcome: OnOutcome,
  ) {}

  start(connection: ClientConnection, { clock, dropsInvalidHeaders }: Forwards): void {
    this.target.begin(this);
    this.response.once("close", () => {
      this.target.end(this);
      // The client went before the response was complete, so the target need not go on. Node calls a response over
      // HTTP/2 finished in any case.
      if (!this.response.writableEnded) this.stopForwarding();
    });
    const { endpoint, reachable } = this.target.config;
    if (!reachable) this.#failAfter(504, clock.realMs(CONNECT_SECONDS));
    else if (!endpoint) this.fail(502, "noConnection");
    else this.send(endpoint, headersForTarget(this.request, connection, dropsInvalidHeaders()));
  }

  abort(): void {
    this.fail(502);
    this.stopForwarding();
  }

  /** @param headers in Node's flat form */
  protected abstract send(endpoint: { address: string; port: number }, headers: string[]): void;

  /** Ends what is under way to the target. */
  protected abstract stopSending(): void;

  protected begin(status: number): void {
    this.isAnswered = true;
    this.onOutcome({ status, from: "target" });
  }

  /** Answers with an error of the load balancer, or closes the connection when a response has already begun. */
  protected fail(status: number, from: Outcome["from"] = "loadBalancer"): void {
    if (this.isAnswered) {
      if (!this.response.writableEnded) breakOff(this.response);
      return;
    }
    this.isAnswered = true;
    if (status === 504) this.target.timedOut(from, this.request, this.#startedMs);
    this.onOutcome({ status, from });
    answerError(this.response, status);
  }

  /** The request was silent for the idle timeout. */
  protected timedOut(): void {
    // A client that does not send its body causes the silence itself.
    this.fail(this.request.complete || !hasBody(this.request) ? 504 : 408);
    this.stopForwarding();
  }

  protected stopForwarding(): void {
    this.isAnswered = true;
    this.stopSending();
  }

  #failAfter(status: number, milliseconds: number): void {
    const timer = setTimeout(() => this.fail(status, "noConnection"), milliseconds);
    this.response.once("close", () => clearTimeout(timer));
  }
}

/** Forwards over HTTP/1.1. */
export class Http1Forwarding extends Forwarding {
  #outgoing: ClientRequest | undefined;

  protected override send(endpoint: { address: string; port: number }, headers: string[]): void {
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
      this.fail(400);
      return;
    }
    this.#outgoing = sent;
    sent.on("response", (answer) => this.#pass(answer));
    sent.on("timeout", () => this.timedOut());
    sent.on("error", (error) => {
      if (this.isAnswered) return;
      if (error instanceof ConnectTimeout) this.fail(504, "noConnection");
      else this.fail(502, isConnectError(error) ? "noConnection" : "loadBalancer");
    });
    if (hasBody(this.request)) this.request.pipe(sent);
    else sent.end();
  }

  protected override stopSending(): void {
    this.#outgoing?.destroy();
  }

  #pass(answer: IncomingMessage): void {
    if (this.isAnswered) {
      answer.resume();
      return;
    }
    const answered = answer.statusCode ?? 502;
    const status = this.target.statusFor(answered);
    const message = status === answered ? answer.statusMessage : STATUS_CODES[status];
    this.target.readKeepAlive(answer.headers["keep-alive"]);
    try {
      writeHead(this.response, status, [...headersForClient(answer), ...toldTarget(this.request, this.target)], {
        statusMessage: message,
      });
    } catch {
      answer.destroy();
      this.fail(502);
      return;
    }
    this.begin(status);
    answer.on("error", () => breakOff(this.response));
    answer.pipe(this.response);
  }
}

/** The headers that tell which release of which service answers, if the request asks for them; else none. */
export function toldTarget({ headers }: IncomingMessage, { config: { endpoint } }: Target): string[] {
  if (!(TOLD_RELEASE in headers)) return [];
  const told = { [TOLD_RELEASE]: endpoint?.release, [TOLD_SERVICE]: endpoint?.service };
  return Object.entries(told).flatMap(([name, value]) => (value ? [name, value] : []));
}

/** True for errors such as ECONNREFUSED, after which nothing was sent. */
export function isConnectError(error: NodeJS.ErrnoException): boolean {
  return error.syscall === "connect";
}
