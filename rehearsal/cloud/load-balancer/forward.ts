import { type ClientRequest, type IncomingMessage, request as openRequest, type ServerResponse } from "node:http";
import { answerError } from "./answer";
import { type ClientConnection, hasBody, headersForClient, headersForTarget } from "./headers";
import type { Pace } from "./pace";
import type { Flight, Target } from "./target";
import { ConnectTimeout } from "./target-connections";

/** AWS seconds within which a connection to a target must be made (aws-rules E35). */
export const CONNECT_SECONDS = 10;

/** A GET that met a connection just closed by the target may be sent again; nothing that changes state may. */
const REPLAYABLE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Called once with the target's status, or undefined when the load balancer answered instead of it. */
export type OnStatus = (targetStatus: number | undefined) => void;

/**
 * Sends one request to the chosen target and its answer back, both streamed.
 * What goes wrong on the target's side becomes ELB's own 502 or 504 (aws-rules E34, E35), or, once the answer has
 * begun, a cut connection.
 */
export function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  connection: ClientConnection,
  pace: Pace,
  onStatus: OnStatus,
): void {
  const fail = (status: number) => {
    if (response.headersSent) response.destroy();
    else {
      onStatus(undefined);
      answerError(response, status);
    }
  };
  let outgoing: ClientRequest | undefined;
  const flight: Flight = {
    cut: () => {
      fail(502);
      outgoing?.destroy();
    },
  };
  target.takeOff(flight);
  response.once("close", () => {
    target.land(flight);
    // The client has gone before the answer was complete: the target need not go on.
    if (!response.writableFinished) outgoing?.destroy();
  });

  const { endpoint, reachable } = target.config;
  if (!reachable) {
    answerLater(response, () => fail(504), pace.milliseconds(CONNECT_SECONDS));
    return;
  }
  if (!endpoint) {
    fail(502);
    return;
  }

  const body = hasBody(request);
  const replayable = !body && REPLAYABLE_METHODS.has(request.method ?? "");
  const headers = headersForTarget(request, connection);

  const send = () => {
    const sent = openRequest({
      host: endpoint.address,
      port: endpoint.port,
      method: request.method,
      path: request.url,
      headers,
      agent: target.agent,
    });
    outgoing = sent;
    sent.on("response", (answer) => passAnswer(answer, response, onStatus, fail));
    sent.on("timeout", () => {
      // Silence that the client causes, by not sending its body, is its own fault.
      fail(request.complete || !body ? 504 : 408);
      sent.destroy();
    });
    sent.on("error", (error) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else if (sent.reusedSocket && replayable) send();
      else fail(error instanceof ConnectTimeout ? 504 : 502);
    });
    if (body) request.pipe(sent);
    else sent.end();
  };
  try {
    send();
  } catch {
    // Node refuses to send a path with raw control characters or spaces.
    fail(400);
  }
}

function passAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
  onStatus: OnStatus,
  fail: (status: number) => void,
): void {
  if (response.headersSent || response.destroyed) {
    answer.resume();
    return;
  }
  try {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headersForClient(answer));
  } catch {
    answer.destroy();
    fail(502);
    return;
  }
  onStatus(answer.statusCode);
  answer.on("error", () => response.destroy());
  answer.pipe(response);
}

function answerLater(response: ServerResponse, answer: () => void, milliseconds: number): void {
  const timer = setTimeout(answer, milliseconds);
  response.once("close", () => clearTimeout(timer));
}
