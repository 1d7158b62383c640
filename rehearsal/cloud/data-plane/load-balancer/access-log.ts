import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { CipherNameAndProtocol, TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { ClientConnection } from "../http-headers";
import { type AccessLogEntry, formatEntry } from "./access-log-entry";
import { hostOf, sessionOf } from "./client-response";
import { isGrpc } from "./protocol-version";
import type { Outcome } from "./traffic-counts";

const compress = promisify(gzip);

/** A file has the entries of one node since the node's last file. */
export interface AccessLogFile {
  /** The loopback address of the node. */
  address: string;
  /** The body has one entry a line, and is compressed by gzip. */
  body: Buffer;
}

/** Collects what a load balancer writes to its access logs, for each node. WebSockets are not in it. */
export class AccessLog {
  /** Entries name the load balancer like this; undefined while access logs are off. */
  loadBalancer: string | undefined;
  #lines = new Map<string, string[]>();

  /** Follows a request to its end. Returns undefined while access logs are off. */
  begin(
    address: string,
    connection: ClientConnection,
    request: IncomingMessage,
    response: ServerResponse,
  ): LoggedRequest | undefined {
    const { loadBalancer } = this;
    if (loadBalancer === undefined) return undefined;
    const logged = new LoggedRequest(connection, request, response);
    response.once("close", () => this.#add(address, formatEntry(logged.entry(loadBalancer))));
    return logged;
  }

  /** Returns the files of all nodes that had requests, and begins new ones. */
  async take(): Promise<AccessLogFile[]> {
    const lines = [...this.#lines];
    this.#lines = new Map();
    return Promise.all(
      lines.map(async ([address, entries]) => ({ address, body: await compress(`${entries.join("\n")}\n`) })),
    );
  }

  #add(address: string, line: string): void {
    const lines = this.#lines.get(address);
    if (lines) lines.push(line);
    else this.#lines.set(address, [line]);
  }
}

/** A request whose end is not there yet. */
export class LoggedRequest {
  readonly #started = performance.now();
  readonly #writtenBefore: number;
  readonly #client: AccessLogEntry["client"];
  /** It is read when the request begins: a connection that has closed does not know it any more. */
  readonly #tls: AccessLogEntry["tls"];
  readonly #socket: Socket;
  #routed: Pick<AccessLogEntry, "rulePriority" | "action"> = { rulePriority: 0, action: "forward" };
  #sent: Pick<AccessLogEntry, "target" | "targetGroupArn"> = { target: undefined, targetGroupArn: undefined };
  #sentAt: number | undefined;
  #answeredAt: number | undefined;
  #isFromTarget = false;

  constructor(
    private readonly connection: ClientConnection,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    const { socket } = request;
    this.#socket = socket;
    this.#tls = connection.protocol === "https" ? tlsOf(request) : undefined;
    this.#writtenBefore = socket.bytesWritten;
    this.#client = { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
  }

  routed(rulePriority: number, action: AccessLogEntry["action"]): void {
    this.#routed = { rulePriority, action };
  }

  sent(targetGroupArn: string, target: AccessLogEntry["target"] | null): void {
    this.#sent = { targetGroupArn, target: target ?? undefined };
    this.#sentAt = performance.now();
  }

  answered({ from }: Outcome): void {
    this.#answeredAt = performance.now();
    this.#isFromTarget = from === "target";
  }

  /** Returns what is to be written when the response has ended. */
  entry(loadBalancer: string): AccessLogEntry {
    const { request, response, connection } = this;
    const { protocol, port } = connection;
    const isHttp2 = request.httpVersionMajor === 2;
    const at = (ms: number) => performance.timeOrigin + ms;
    return {
      ...this.#routed,
      ...this.#sent,
      type: isHttp2 ? (isGrpc(request) ? "grpcs" : "h2") : protocol,
      loadBalancer,
      client: this.#client,
      startedAtMs: at(this.#started),
      sentAtMs: this.#sentAt === undefined ? undefined : at(this.#sentAt),
      answeredAtMs: this.#answeredAt === undefined ? undefined : at(this.#answeredAt),
      endedAtMs: at(performance.now()),
      status: response.statusCode,
      isFromTarget: this.#isFromTarget,
      ...this.#bytes(isHttp2),
      method: request.method ?? "",
      url: `${protocol}://${hostOf(request).replace(/:\d+$/, "")}:${port}${request.url}`,
      httpVersion: request.httpVersion,
      userAgent: request.headers["user-agent"] ?? "",
      tls: this.#tls,
    };
  }

  /**
   * Returns the bytes of the request and its response. With HTTP/1.1 they are counted on the connection, heads included.
   * An HTTP/2 connection carries other requests, too: there only the announced lengths of the bodies count, or 0.
   */
  #bytes(isHttp2: boolean): Pick<AccessLogEntry, "receivedBytes" | "sentBytes"> {
    if (isHttp2)
      return {
        receivedBytes: Number(this.request.headers["content-length"] ?? 0),
        sentBytes: Number(this.response.getHeader("content-length") ?? 0),
      };
    const { bytesRead, bytesWritten } = this.#socket;
    // The bytes of a request have been read before the request is known here: count from the end of the one before.
    const receivedBytes = bytesRead - (readBefore.get(this.#socket) ?? 0);
    readBefore.set(this.#socket, bytesRead);
    return { receivedBytes, sentBytes: bytesWritten - this.#writtenBefore };
  }
}

/** Tells how many bytes had been read from a connection at the end of its last request. */
const readBefore = new WeakMap<object, number>();
/** Connections are known by their socket, and by their session with HTTP/2. */
const tlsOfConnection = new WeakMap<object, NonNullable<AccessLogEntry["tls"]>>();

/** A connection has the same for each of its requests. */
function tlsOf(request: IncomingMessage): AccessLogEntry["tls"] {
  const socket = request.socket as TLSSocket;
  const connection = sessionOf(request) ?? socket;
  const known = tlsOfConnection.get(connection);
  if (known) return known;
  const tls = {
    // The cipher is undefined once the client has closed the connection, which may be before its request is read.
    cipher: (socket.getCipher() as CipherNameAndProtocol | undefined)?.standardName ?? "-",
    protocol: socket.getProtocol() ?? "-",
    serverName: typeof socket.servername === "string" ? socket.servername : "",
  };
  tlsOfConnection.set(connection, tls);
  return tls;
}
