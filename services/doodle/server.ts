import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { BadRequest } from "./bad-request";
import { NeighbourFailed } from "./neighbour-failed";
import { type Answer, type RouteContext, route } from "./routes";

/**
 * Longer than the 60 s after which an Application Load Balancer closes a connection that nobody uses. If this side
 * closed first, the load balancer could send a request into a connection that is just closing: a 502 for the client.
 */
const KEEP_ALIVE_MS = 75_000;

/** How long `stop` waits for requests in flight. Below the 30 s after which ECS kills a task by default. */
const STOP_LIMIT_MS = 25_000;

/** How long `stop` waits for the first request of a connection that has sent none. Node counts such a one as busy. */
const SILENT_LIMIT_MS = 1_000;

export interface DoodleServer {
  port: number;
  /** Takes no new connection, lets requests in flight end (at most 25 s), closes the idle connections. May be called again. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  port: number;
  host: string;
  release: string;
}

/** Starts to listen. Rejects with the system's error, e.g. EADDRINUSE. */
export async function startServer(
  { port, host, release }: ServerOptions,
  context: RouteContext,
): Promise<DoodleServer> {
  const silent = new Set<Socket>();
  let stopping: Promise<void> | undefined;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, async (request, response) => {
    silent.delete(request.socket);
    const answer = await answerOf(request, context);
    send(
      request,
      response,
      { ...answer, headers: { ...answer.headers, "x-release": release } },
      stopping !== undefined,
    );
  });
  server.on("connection", (socket: Socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, release));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      stopping ??= stop(server, silent);
      return stopping;
    },
  };
}

async function answerOf(request: IncomingMessage, context: RouteContext): Promise<Answer> {
  try {
    return await route(request, context);
  } catch (error) {
    if (error instanceof BadRequest)
      return { status: error.status, body: { error: error.message }, headers: error.headers };
    if (error instanceof NeighbourFailed) {
      context.log(error.event, { service: error.service, reason: error.reason });
      return { status: 502, body: { error: error.message } };
    }
    // The client left in the middle of its body: nobody reads this answer, and it is no fault of the service.
    if (request.complete) console.error(error);
    return { status: 500, body: { error: "internal error" } };
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer, stopping: boolean): void {
  const body = `${JSON.stringify(answer.body)}\n`;
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...answer.headers,
    // `server.close()` closes what is idle now; a connection that becomes idle later has to be told.
    ...(stopping ? { connection: "close" } : {}),
  });
  response.end(body);
  // A body that nobody wanted, or the rest of one that was too large, must not hold up the connection.
  request.resume();
}

/** What is not HTTP gets an answer too, with the release like every other. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, release: string): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nx-release: ${release}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}

async function stop(server: Server, silent: Set<Socket>): Promise<void> {
  const silentLimit = setTimeout(() => {
    for (const socket of silent) socket.destroy();
  }, SILENT_LIMIT_MS);
  const limit = setTimeout(() => server.closeAllConnections(), STOP_LIMIT_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(silentLimit);
  clearTimeout(limit);
}
