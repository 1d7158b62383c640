import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as openRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, isIP, type Socket } from "node:net";
import { bindErrorMessage } from "../load-balancer/bind-error";
import { headersForClient, headersForNextHop } from "../load-balancer/headers";
import { CloudNames, isLoopback, type NameServerAddress, Unreachable } from "./resolve";

/** The AWS ports of load balancers; only these are moved by the port offset. */
const MAPPED_PORTS = new Set([80, 443]);

export interface EgressProxySettings {
  address: string;
  /** 0 takes a free one. */
  port: number;
  nameServers: NameServerAddress[];
  portOffset: number;
}

export interface EgressProxy {
  /** For HTTPS_PROXY and HTTP_PROXY. */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts an HTTP forward proxy through which any program reaches the cloud under its production names and ports: with
 * HTTPS_PROXY and HTTP_PROXY set to its `url`. TLS passes through untouched (CONNECT). Whatever lies outside the cloud's
 * hosted zones or this machine is refused with 403, whatever is missing with 502, each with one line that says why.
 * @throws Error with one line for a person when the address or port cannot be bound
 */
export async function startEgressProxy({
  address,
  port,
  nameServers,
  portOffset,
}: EgressProxySettings): Promise<EgressProxy> {
  const route = new Route(new CloudNames(nameServers), portOffset);
  const server = createServer((request, response) => void forward(request, response, route));
  const tunnels = new Set<Socket>();
  server.on("connect", (request, client, head) => {
    tunnels.add(client as Socket);
    client.once("close", () => tunnels.delete(client as Socket));
    void tunnel(request, client as Socket, head, route);
  });
  // A client that broke off half a request has nothing to be told.
  server.on("clientError", (_, socket) => socket.destroy());
  await listen(server, address, port);
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const client of tunnels) client.destroy();
      await closed;
    },
  };
}

interface Place {
  address: string;
  port: number;
}

/** Where a name and port of the cloud are on this machine. */
class Route {
  constructor(
    private readonly names: CloudNames,
    private readonly portOffset: number,
  ) {}

  /** @throws Unreachable */
  async to(host: string, port: number): Promise<Place> {
    const literal = host === "localhost" ? "127.0.0.1" : host.replace(/^\[(.*)\]$/, "$1");
    if (isIP(literal)) {
      if (isLoopback(literal)) return { address: literal, port };
      throw new Unreachable(403, `${host} is outside this machine; a rehearsal never leaves it`);
    }
    const mapped = MAPPED_PORTS.has(port) ? port + this.portOffset : port;
    return { address: await this.names.addressOf(host), port: mapped };
  }
}

/** CONNECT: a tunnel that nobody looks into. */
async function tunnel(request: IncomingMessage, client: Socket, head: Buffer, route: Route): Promise<void> {
  client.on("error", () => client.destroy());
  const [, host, port] = /^(.+):(\d+)$/.exec(request.url ?? "") ?? [];
  try {
    if (!host)
      throw new Unreachable(403, `CONNECT ${request.url}: a name and a port are needed, such as example.jp:443`);
    const place = await route.to(host, Number(port));
    const remote = connect(place.port, place.address);
    client.once("close", () => remote.destroy());
    await once(remote, "connect").catch((error) => {
      throw notListening(host, place, error);
    });
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    remote.write(head);
    remote.on("error", () => client.destroy());
    remote.once("close", () => client.destroy());
    remote.pipe(client).pipe(remote);
  } catch (error) {
    refuseTunnel(client, error);
  }
}

/** Absolute form: `GET http://name/path`. */
async function forward(request: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
  const url = URL.canParse(request.url ?? "") ? new URL(request.url!) : undefined;
  if (url?.protocol !== "http:") {
    refuse(response, 400, "This is a proxy: it takes CONNECT and http:// URLs only");
    return;
  }
  try {
    const place = await route.to(url.hostname, Number(url.port || 80));
    const outgoing = openRequest({
      host: place.address,
      port: place.port,
      method: request.method,
      path: url.pathname + url.search,
      headers: headersForNextHop(request),
      agent: false,
    });
    response.once("close", () => outgoing.destroy());
    outgoing.on("error", (error) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 502, notListening(url.hostname, place, error).message);
    });
    outgoing.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headersForClient(answer));
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    request.pipe(outgoing);
  } catch (error) {
    const { status, message } = toRefusal(error);
    refuse(response, status, message);
  }
}

function notListening(host: string, { address, port }: Place, error: NodeJS.ErrnoException): Unreachable {
  return new Unreachable(502, `${host} is at ${address}:${port}, where no connection can be made: ${error.code}`);
}

function toRefusal(error: unknown): { status: number; message: string } {
  if (error instanceof Unreachable) return error;
  return { status: 502, message: String(error) };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${message}\n`);
}

/** The line is in the status text, too: most clients show only that of a refused CONNECT. */
function refuseTunnel(client: Socket, error: unknown): void {
  const { status, message } = toRefusal(error);
  const body = `${message}\n`;
  const head = `HTTP/1.1 ${status} ${message.replace(/[^\x20-\x7e]/g, "?")}`;
  client.end(
    `${head}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

async function listen(server: Server, address: string, port: number): Promise<void> {
  try {
    server.listen(port, address);
    await once(server, "listening");
  } catch (error) {
    throw new Error(bindErrorMessage(error as Error, { who: "The egress proxy", address, port }));
  }
}
