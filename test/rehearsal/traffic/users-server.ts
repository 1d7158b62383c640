import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Certificates } from "./certificates";

export interface Received {
  method: string;
  url: string;
  body: string;
  /** Which connection of this server it came on: 1, 2, ... */
  connection: number;
}

/** What the sample service answers. */
export function usersAnswer({ method, url = "" }: Pick<IncomingMessage, "method" | "url">, body: string): string {
  if (method !== "POST") return '{"users":[]}';
  const file = /^\/imports\/(.+)$/.exec(url)?.[1];
  return file === undefined ? body : JSON.stringify({ id: file, bytes: body.length });
}

/** A stand-in of the sample service behind HTTPS that keeps all it got, and misbehaves when told to. */
export class UsersServer {
  readonly received: Received[] = [];
  /** Replaces the usual answer. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  readonly release: string;
  port = 0;
  readonly #server: Server;
  readonly #connections = new Map<Socket, number>();
  readonly #bodies = new WeakMap<IncomingMessage, string>();
  #accepted = 0;

  private constructor(release: string, certificates: Certificates) {
    this.release = release;
    this.#server = createServer({ cert: certificates.certificate, key: certificates.key }, (request, response) =>
      this.#serve(request, response),
    );
    this.#server.on("secureConnection", (socket) => {
      this.#accepted += 1;
      this.#connections.set(socket, this.#accepted);
      socket.on("close", () => this.#connections.delete(socket));
    });
  }

  static async listen(
    address: string,
    port: number,
    release: string,
    certificates: Certificates,
  ): Promise<UsersServer> {
    const server = new UsersServer(release, certificates);
    server.#server.listen(port, address);
    await once(server.#server, "listening");
    server.port = (server.#server.address() as AddressInfo).port;
    return server;
  }

  /** Connections accepted so far, with a finished TLS handshake. */
  get accepted(): number {
    return this.#accepted;
  }

  async close(): Promise<void> {
    for (const socket of this.#connections.keys()) socket.destroy();
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "" } = request;
      const connection = this.#connections.get(request.socket) ?? 0;
      const body = Buffer.concat(chunks).toString();
      this.#bodies.set(request, body);
      this.received.push({ method, url, body, connection });
      if (this.answer) this.answer(request, response);
      else this.succeed(request, response);
    });
  }

  succeed(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(request.method === "POST" ? 201 : 200, {
      "content-type": "application/json",
      "x-release": this.release,
    });
    response.end(usersAnswer(request, this.#bodies.get(request)!));
  }
}
