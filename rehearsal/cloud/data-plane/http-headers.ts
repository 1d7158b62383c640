import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Http2ServerRequest } from "node:http2";
import { TOLD_RELEASE } from "../../told-target";

/** Headers of one connection, which a proxy must not forward (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers that the load balancer writes itself or, as `expect`, answers itself. */
const REPLACED = new Set([
  ...["expect", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id"],
  TOLD_RELEASE,
]);

/** The client's connection, as the load balancer describes it to a target. */
export interface ClientConnection {
  protocol: "http" | "https";
  /** The listener's AWS port. */
  port: number;
}

/** Other names are taken for invalid (aws-rules E61). */
const VALID_NAME = /^[-A-Za-z0-9]+$/;

/**
 * Returns the headers for the target in Node's flat form, with the client's names, order and repetitions.
 * The Host header is unchanged, as with ELB.
 * @param dropsInvalid whether those with invalid names are left out
 */
export function headersForTarget(
  request: IncomingMessage,
  connection: ClientConnection,
  dropsInvalid: boolean,
): string[] {
  const { headers } = request;
  const isHttp2 = request.httpVersionMajor === 2;
  const raw = isHttp2 ? fromHttp2(request.rawHeaders) : request.rawHeaders;
  const passed = endToEnd(dropsInvalid ? withValidNames(raw) : raw, headers.connection, REPLACED);
  const before = headers["x-forwarded-for"];
  const address = request.socket.remoteAddress ?? "";
  passed.push("X-Forwarded-For", before ? `${before}, ${address}` : address);
  passed.push("X-Forwarded-Proto", connection.protocol, "X-Forwarded-Port", String(connection.port));
  passed.push("X-Amzn-Trace-Id", traceId(headers["x-amzn-trace-id"]));
  return withBodyLength(passed, request);
}

function withValidNames(raw: readonly string[]): string[] {
  return raw.filter((_, index) => VALID_NAME.test(raw[index - (index % 2)]!));
}

/**
 * Returns HTTP/2's headers as HTTP/1.1 has them: `:authority` is the Host header, and the parts of a cookie are one
 * header again (RFC 9113, sections 8.2.3 and 8.3.1).
 */
function fromHttp2(raw: string[]): string[] {
  const passed: string[] = [];
  const cookies: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name, value] = [raw[i]!, raw[i + 1]!];
    if (name === ":authority") passed.unshift("Host", value);
    else if (name === "cookie") cookies.push(value);
    else if (!name.startsWith(":")) passed.push(name, value);
  }
  if (cookies.length > 0) passed.push("Cookie", cookies.join("; "));
  return passed;
}

/** Returns the headers for the next hop of a plain proxy, which adds no header. */
export function headersForNextHop(request: IncomingMessage): string[] {
  return withBodyLength(endToEnd(request.rawHeaders, request.headers.connection, EXPECT), request);
}

/** Node answers it with 100 Continue. */
const EXPECT = new Set(["expect"]);

function withBodyLength(forwarded: string[], request: IncomingMessage): string[] {
  if (request.headers["transfer-encoding"] || hasUnannouncedBody(request))
    forwarded.push("Transfer-Encoding", "chunked");
  // Without this, Node would announce a chunked body for a POST that has none.
  else if (!request.headers["content-length"] && !BODILESS_METHODS.has(request.method ?? ""))
    forwarded.push("Content-Length", "0");
  return forwarded;
}

const BODILESS_METHODS = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"]);

/** Returns the target's headers for the client, in Node's flat form. */
export function headersForClient(answer: IncomingMessage): string[] {
  return endToEnd(answer.rawHeaders, answer.headers.connection);
}

/** True when a body follows the request's headers. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers["content-length"];
  if (length !== undefined) return length !== "0";
  return request.headers["transfer-encoding"] !== undefined || hasUnannouncedBody(request);
}

/** HTTP/2 needs no header for a body. */
function hasUnannouncedBody(request: IncomingMessage): boolean {
  return (
    request instanceof Http2ServerRequest &&
    request.headers["content-length"] === undefined &&
    !request.stream.endAfterHeaders
  );
}

/** Returns the headers without the hop-by-hop ones, those that the Connection header names, and the `replaced` ones. */
function endToEnd(raw: string[], connection: string | undefined, replaced?: ReadonlySet<string>): string[] {
  const named = connection ? connection.toLowerCase().split(/\s*,\s*/) : [];
  const passed: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (HOP_BY_HOP.has(name) || replaced?.has(name) || named.includes(name)) continue;
    passed.push(raw[i]!, raw[i + 1]!);
  }
  return passed;
}

const processPart = randomBytes(8).toString("hex");
let requestNumber = 0;

/** Returns `Root=1-<seconds>-<24 hex digits>`, or as ELB does, the client's own root after a `Self` of ours. */
function traceId(given: string | string[] | undefined): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  requestNumber = (requestNumber + 1) >>> 0;
  const own = `1-${seconds}-${processPart}${requestNumber.toString(16).padStart(8, "0")}`;
  const root = typeof given === "string" && /Root=/i.test(given) ? given : undefined;
  return root ? `Self=${own};${root}` : `Root=${own}`;
}
