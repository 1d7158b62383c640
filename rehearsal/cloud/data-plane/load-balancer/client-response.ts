import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { ClientConnection } from "../http-headers";

/** Headers that HTTP/2 has no use for and Node refuses there (RFC 9113, section 8.2.2). */
const HTTP1_ONLY = new Set(["connection", "transfer-encoding", "keep-alive", "upgrade", "proxy-connection"]);

/** Clients leave these out of the Host header. */
const STANDARD_PORTS = { http: 80, https: 443 };

/** Returns the request's Host header; HTTP/2 has it as `:authority`. */
export function hostOf({ headers }: IncomingMessage): string {
  return headers.host ?? (headers[":authority"] as string | undefined) ?? "";
}

/**
 * Returns the request's Host header as AWS would get it. A client that connects to the rehearsal's own port by itself, and
 * not through the egress proxy, writes that port there: AWS's plus the offset.
 */
export function hostOnAws(
  request: IncomingMessage,
  { protocol, port }: Pick<ClientConnection, "protocol" | "port">,
  portOffset: number,
): string {
  const host = hostOf(request);
  const ownPort = `:${port + portOffset}`;
  if (portOffset === 0 || !host.endsWith(ownPort)) return host;
  return `${host.slice(0, -ownPort.length)}${port === STANDARD_PORTS[protocol] ? "" : `:${port}`}`;
}

/**
 * Writes the head of a response to a client, over HTTP/1.1 or HTTP/2. Over HTTP/1.1 it has a `Connection` header and,
 * as with ELB, no `Keep-Alive` header: Node would write one of its own.
 * @param headers in Node's flat form
 * @param how.isWhole true for a response without a body over HTTP/2, which ends with its head
 * @throws Error when Node refuses a header
 */
export function writeHead(
  response: ServerResponse,
  status: number,
  headers: readonly string[],
  { statusMessage, isWhole = false }: { statusMessage?: string | undefined; isWhole?: boolean } = {},
): void {
  if (isHttp2(response)) {
    for (const [name, values] of byName(headers)) {
      if (!HTTP1_ONLY.has(name)) response.setHeader(name, values.length === 1 ? values[0]! : values);
    }
    if (isWhole) {
      response.statusCode = status;
      response.end();
    } else response.writeHead(status);
    return;
  }
  const withConnection = [...headers, "Connection", response.shouldKeepAlive ? "keep-alive" : "close"];
  if (statusMessage === undefined) response.writeHead(status, withConnection);
  else response.writeHead(status, statusMessage, withConnection);
}

/**
 * Gives an HTTP/2 response its trailers, which follow its body.
 * @param trailers in Node's flat form
 */
export function writeTrailers(response: ServerResponse, trailers: readonly string[]): void {
  if (!isHttp2(response)) return;
  response.addTrailers(Object.fromEntries(byName(trailers)));
}

/** Ends a response that has begun and cannot be completed, so that the client notices. */
export function breakOff(response: ServerResponse): void {
  if (isHttp2(response)) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}

/** The HTTP/2 session of a request; undefined over HTTP/1.1. */
export function sessionOf(request: IncomingMessage) {
  return request instanceof Http2ServerRequest ? request.stream.session : undefined;
}

function isHttp2(response: unknown): response is Http2ServerResponse {
  return response instanceof Http2ServerResponse;
}

function byName(headers: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    values.set(name, [...(values.get(name) ?? []), headers[i + 1]!]);
  }
  return values;
}
