import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type SecureContext, TLSSocket } from "node:tls";

/** Codes in the place of a protocol's version: https://www.postgresql.org/docs/17/protocol-message-formats.html */
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
/** Length and code. */
const HEAD_BYTES = 8;
/** PostgreSQL itself takes no longer one. */
const MAX_BYTES = 10_000;
/** The first byte of a TLS handshake, of a client that does not ask before (`sslnegotiation=direct`). */
const TLS_HANDSHAKE = 0x16;
const ALPN = "postgresql";

export interface TlsProxyOptions {
  secureContext: SecureContext;
  /** The server, which is reached without TLS. */
  server: { host: string; port: number };
  /** The user that the server has instead of the one that a client names. */
  userOf(name: string): string;
  /** Databases that a client can connect to. */
  has(database: string): boolean;
}

/**
 * Takes a client in as an instance of RDS does that demands TLS (aws-rules B8), and begins its session in a server without
 * TLS. Passwords go on untouched: what a client proves by SCRAM does not depend on the name that it gave.
 * @returns both ends of the session; null if there is none
 */
export async function acceptClient(
  socket: Socket,
  options: TlsProxyOptions,
): Promise<{ client: Duplex; remote: Socket } | null> {
  const { secureContext, server, userOf, has } = options;
  let client: Duplex = socket;
  const startTls = () => {
    const tls = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: [ALPN] });
    tls.on("error", () => socket.destroy());
    client = tls;
  };
  for (;;) {
    const head = await read(client, HEAD_BYTES);
    if (!head) return null;
    if (head[0] === TLS_HANDSHAKE && client === socket) {
      socket.unshift(head);
      startTls();
      continue;
    }
    const [length, code] = [head.readInt32BE(0), head.readInt32BE(4)];
    if (length < HEAD_BYTES || length > MAX_BYTES) return null;
    if (code === GSS_REQUEST || (code === SSL_REQUEST && client !== socket)) {
      client.write("N");
      continue;
    }
    if (code === SSL_REQUEST) {
      socket.write("S");
      startTls();
      continue;
    }
    const body = length > HEAD_BYTES ? await read(client, length - HEAD_BYTES) : Buffer.alloc(0);
    if (!body) return null;
    const remote = () => connect({ ...server, noDelay: true });
    if (code === CANCEL_REQUEST) return cancelled(remote(), Buffer.concat([head, body]));
    const parameters = parametersOf(body);
    const user = parameters.get("user") ?? "";
    const database = parameters.get("database") ?? user;
    if (client === socket) return refused(client, "28000", "no pg_hba.conf entry: no encryption");
    if (!has(database)) return refused(client, "3D000", `database "${database}" does not exist`);
    parameters.set("user", userOf(user)).set("database", database);
    return started(client, remote(), startupMessage(code, parameters));
  }
}

function started(client: Duplex, remote: Socket, message: Buffer) {
  remote.write(message);
  return { client, remote };
}

/** The server gets it also if the client is gone by then, and closes when it has done it. */
async function cancelled(remote: Socket, message: Buffer): Promise<null> {
  remote.on("error", () => {});
  remote.resume().end(message);
  await once(remote, "close").catch(() => {});
  return null;
}

/** Resolves with so many bytes; null if the stream ends before. */
async function read(stream: Duplex, bytes: number): Promise<Buffer | null> {
  for (;;) {
    const chunk = stream.read(bytes) as Buffer | null;
    if (chunk) return chunk.length === bytes ? chunk : null;
    if (stream.readableEnded || stream.destroyed) return null;
    await new Promise<void>((resolve) => {
      const go = () => {
        for (const event of EVENTS) stream.off(event, go);
        resolve();
      };
      for (const event of EVENTS) stream.once(event, go);
    });
  }
}
const EVENTS = ["readable", "end", "close"] as const;

/** Names and values, each with a zero behind it, and one more at the end. */
function parametersOf(body: Buffer): Map<string, string> {
  const words = body.toString().split("\0");
  const parameters = new Map<string, string>();
  for (let index = 0; words[index]; index += 2) parameters.set(words[index]!, words[index + 1] ?? "");
  return parameters;
}

function startupMessage(code: number, parameters: ReadonlyMap<string, string>): Buffer {
  const text = [...parameters].map(([name, value]) => `${name}\0${value}\0`).join("");
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeInt32BE(HEAD_BYTES + body.length, 0);
  head.writeInt32BE(code, 4);
  return Buffer.concat([head, body]);
}

/** Says it as the server would, and ends the connection. */
function refused(client: Duplex, code: string, message: string): null {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E", 0);
  head.writeInt32BE(4 + body.length, 1);
  client.end(Buffer.concat([head, body]));
  return null;
}
