import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as openRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { bindErrorMessage } from "../bind-error";
import { headersForClient, headersForNextHop } from "../http-headers";
import { connectFrom } from "./connect-from";
import { Unreachable } from "./unreachable";

/** The address and port on this machine for a name and an AWS port. */
export interface Place {
  address: string;
  port: number;
  /** The local address of the connection; the system chooses it if undefined. */
  from?: string;
}

/** Connections that the system may queue while this process is busy. */
const BACKLOG = 1024;

export interface ForwardProxySettings {
  /** For messages, such as "The egress proxy". */
  name: string;
  address: string;
  /** 0 means any free one. */
  port: number;
  /** @throws Unreachable */
  route(host: string, port: number): Place | Promise<Place>;
  /** Called with each refusal that the proxy answers. */
  onRefusal?(refusal: Unreachable): void;
}

export interface ForwardProxy {
  /** The value for HTTPS_PROXY and HTTP_PROXY. */
  url: string;
  /** Serves a connection that was made elsewhere, as one of its own. */
  accept(socket: Socket): void;
  /** Closes all connections through it. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP forward proxy for CONNECT and for absolute http:// URLs. It does not decrypt TLS. A refusal is one
 * line in both the body and the status text, because most clients show only the status text of a refused CONNECT.
 * @throws Error with a message of one line when the address or port cannot be bound
 */
export async function startForwardProxy(settings: ForwardProxySettings): Promise<ForwardProxy> {
  const { address } = settings;
  const server = createServer((request, response) => void forward(request, response, settings));
  const tunnels = new Set<Socket>();
  server.on("connect", (request, client, head) => {
    tunnels.add(client as Socket);
    client.once("close", () => tunnels.delete(client as Socket));
    void tunnel(request, client as Socket, head, settings);
  });
  // A client that broke off in the middle of a request gets no response.
  server.on("clientError", (_, socket) => socket.destroy());
  await listen(server, settings);
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    accept: (socket) => void server.emit("connection", socket),
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const client of tunnels) client.destroy();
      await closed;
    },
  };
}

/** Handles CONNECT: opens a tunnel. */
async function tunnel(
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
  settings: ForwardProxySettings,
): Promise<void> {
  client.on("error", () => client.destroy());
  const [, host, port] = /^(.+):(\d+)$/.exec(request.url ?? "") ?? [];
  try {
    if (!host)
      throw new Unreachable(403, `CONNECT ${request.url}: a name and a port are needed, such as example.jp:443`);
    const remote = await connectTo(host, await settings.route(host, Number(port)));
    if (client.destroyed) {
      remote.destroy();
      return;
    }
    client.once("close", () => remote.destroy());
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    remote.write(head);
    remote.on("error", () => client.destroy());
    remote.once("close", () => client.destroy());
    remote.pipe(client).pipe(remote);
  } catch (error) {
    refuseTunnel(client, refusalOf(error, settings));
  }
}

/** Handles the absolute form, `GET http://name/path`. */
async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  settings: ForwardProxySettings,
): Promise<void> {
  const url = URL.canParse(request.url ?? "") ? new URL(request.url!) : undefined;
  if (url?.protocol !== "http:") {
    refuse(response, 400, "This is a proxy: it takes CONNECT and http:// URLs only");
    return;
  }
  const answerRefusal = (error: unknown) => {
    const { status, message } = refusalOf(error, settings);
    refuse(response, status, message);
  };
  try {
    const remote = await connectTo(url.hostname, await settings.route(url.hostname, Number(url.port || 80)));
    const outgoing = openRequest({
      createConnection: () => remote,
      method: request.method,
      path: url.pathname + url.search,
      headers: headersForNextHop(request),
    });
    response.once("close", () => outgoing.destroy());
    outgoing.on("error", (error) => {
      if (response.headersSent) response.destroy();
      else if (!response.destroyed) answerRefusal(new Unreachable(502, `${url.host} broke off: ${error.message}`));
    });
    outgoing.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headersForClient(answer));
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    request.pipe(outgoing);
  } catch (error) {
    answerRefusal(error);
  }
}

async function connectTo(name: string, { address, port, from }: Place): Promise<Socket> {
  try {
    if (from !== undefined) return await connectFrom(from, address, port);
    const socket = connect({ host: address, port, noDelay: true });
    await once(socket, "connect");
    return socket;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Unreachable(502, `${name} is at ${address}:${port}, where no connection can be made: ${code}`);
  }
}

function refusalOf(error: unknown, { onRefusal }: ForwardProxySettings): Unreachable {
  const refusal = error instanceof Unreachable ? error : new Unreachable(502, String(error));
  onRefusal?.(refusal);
  return refusal;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, statusText(message), { "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${message}\n`);
}

function refuseTunnel(client: Socket, { status, message }: Unreachable): void {
  const body = `${message}\n`;
  client.end(
    `HTTP/1.1 ${status} ${statusText(message)}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function statusText(message: string): string {
  return message.replace(/[^\x20-\x7e]/g, "?");
}

async function listen(server: Server, { name, address, port }: ForwardProxySettings): Promise<void> {
  try {
    server.listen({ host: address, port, backlog: BACKLOG });
    await once(server, "listening");
  } catch (error) {
    throw new Error(bindErrorMessage(error as Error, { name, address, port }));
  }
}
