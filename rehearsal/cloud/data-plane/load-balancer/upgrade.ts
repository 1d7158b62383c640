import { type ClientRequest, type IncomingMessage, request as openRequest, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type ClientConnection, headersForClient, headersForTarget } from "../http-headers";
import { answerError } from "./answer";
import { writeHead } from "./client-response";
import { CONNECT_SECONDS, type Forwards, isConnectError, type OnOutcome, toldTarget } from "./forward";
import type { InFlightRequest, Target } from "./target";
import type { Outcome } from "./traffic-counts";

/** True for a WebSocket. Node reports every request with an Upgrade header; ELB handles the others as plain HTTP. */
export function isWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === "websocket";
}

/** Returns a response for a request whose socket Node has handed over. The connection closes after the response. */
export function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.once("finish", () => socket.end());
  return response;
}

/**
 * Opens a WebSocket to the target and joins the two connections. The WebSocket stays with this target until it ends,
 * also when the rules change (aws-rules section 12 (d)). It ends after the idle timeout without data.
 * @param idleMs idle timeout in real milliseconds
 */
export function forwardUpgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  target: Target,
  connection: ClientConnection,
  { idleMs, clock, dropsInvalidHeaders }: Forwards & { idleMs: number },
  onOutcome: OnOutcome,
): void {
  const { endpoint, reachable } = target.config;
  const startedMs = performance.now();
  const fail = (status: number, from: Outcome["from"] = "loadBalancer") => {
    if (socket.destroyed) return;
    if (status === 504) target.timedOut(from, request, startedMs);
    onOutcome({ status, from });
    answerError(responseOn(request, socket), status);
  };
  const inFlight: InFlightRequest = { abort: () => socket.destroy() };
  target.begin(inFlight);
  socket.once("close", () => target.end(inFlight));
  if (!reachable) {
    const timer = setTimeout(() => fail(504, "noConnection"), clock.realMs(CONNECT_SECONDS));
    socket.once("close", () => clearTimeout(timer));
    return;
  }
  if (!endpoint) {
    fail(502, "noConnection");
    return;
  }

  const forwarded = headersForTarget(request, connection, dropsInvalidHeaders());
  const headers = [...forwarded, "Connection", "Upgrade", "Upgrade", "websocket"];
  const { address: host, port } = endpoint;
  let outgoing: ClientRequest;
  try {
    outgoing = openRequest({ host, port, path: request.url, headers, agent: false, timeout: target.times.idleMs });
  } catch {
    // Node refuses to send a path with raw spaces or control characters.
    fail(400);
    return;
  }
  socket.once("close", () => outgoing.destroy());
  let answered = false;
  outgoing.on("timeout", () => {
    if (answered) return;
    answered = true;
    fail(504);
    outgoing.destroy();
  });
  outgoing.on("error", (error) => {
    if (answered) socket.destroy();
    else fail(502, isConnectError(error) ? "noConnection" : "loadBalancer");
  });
  outgoing.on("response", (answer) => {
    answered = true;
    onOutcome({ status: answer.statusCode ?? 502, from: "target" });
    const response = responseOn(request, socket);
    writeHead(response, answer.statusCode ?? 502, headersForClient(answer), { statusMessage: answer.statusMessage });
    answer.on("error", () => socket.destroy());
    answer.pipe(response);
  });
  outgoing.on("upgrade", (answer, targetSocket, targetHead) => {
    answered = true;
    onOutcome({ status: answer.statusCode ?? 502, from: "target" });
    socket.write(switchingProtocols(answer, toldTarget(request, target)));
    join(socket, targetSocket, idleMs);
    socket.write(targetHead);
    targetSocket.write(head);
  });
  outgoing.end();
}

function switchingProtocols(answer: IncomingMessage, told: readonly string[]): string {
  const headers = [...headersForClient(answer), ...told, "Connection", "Upgrade", "Upgrade", "websocket"];
  const lines = headers.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${headers[i + 1]}`] : []));
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`;
}

function join(client: Socket, target: Socket, idleMs: number): void {
  for (const [one, other] of [
    [client, target],
    [target, client],
  ] as const) {
    one.setTimeout(idleMs, () => one.destroy());
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
    one.pipe(other);
  }
}
