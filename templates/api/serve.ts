import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";

/** Longer than the 60 s after which a load balancer closes an idle connection: closing first would lose a request that is on its way. */
const KEEP_ALIVE_MS = 75_000;
/** Limit for requests in flight after `stop`: below the 30 s after which ECS kills a task by default. */
const STOP_LIMIT_MS = 25_000;
/** Limit after `stop` for connections that have sent no request yet: Node does not count them as idle. */
const SILENT_LIMIT_MS = 1_000;

export interface ServeOptions {
  /** Takes over connections that ask for another protocol, such as WebSocket. Default: they get an answer as any request. */
  onUpgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
  /** Milliseconds that requests in flight get after `stop`; connections that were taken over have no such limit. */
  stopLimitMs?: number;
}

export interface Running {
  port: number;
  /** Takes no new connection, lets requests in flight end (25 s at most, or `stopLimitMs`) and closes idle connections. May be called again. */
  stop(): Promise<void>;
}

/** Serves the app with the header `x-release` on every answer. Rejects with the system's error, such as EADDRINUSE. */
export async function serve(
  app: Hono,
  release: string,
  port: number,
  hostname: string,
  { onUpgrade, stopLimitMs = STOP_LIMIT_MS }: ServeOptions = {},
): Promise<Running> {
  const silent = new Set<Socket>();
  let stopping: Promise<void> | undefined;
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const response = await app.fetch(request, env);
      response.headers.set("x-release", release);
      // A connection that becomes idle after `server.close()` has to be closed by its answer.
      if (stopping) response.headers.set("connection", "close");
      return response;
    },
    serverOptions: { keepAliveTimeout: KEEP_ALIVE_MS },
  }) as Server;
  server.on("request", ({ socket }) => silent.delete(socket));
  if (onUpgrade) {
    server.on("upgrade", (request, socket, head) => {
      // Node has taken its own listener away: without one, a client that resets the connection would end the process.
      socket.on("error", () => socket.destroy());
      silent.delete(socket as Socket);
      onUpgrade(request, socket as Socket, head);
    });
  }
  server.on("connection", (socket: Socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("clientError", (_, socket) => {
    if (socket.writable) socket.end(`HTTP/1.1 400 Bad Request\r\nx-release: ${release}\r\nconnection: close\r\n\r\n`);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, hostname, resolve));
  const close = async () => {
    const limits = [
      setTimeout(() => {
        for (const socket of silent) socket.destroy();
      }, SILENT_LIMIT_MS),
      setTimeout(() => server.closeAllConnections(), stopLimitMs),
    ];
    await new Promise((resolve) => server.close(resolve));
    limits.forEach(clearTimeout);
  };
  return { port: (server.address() as AddressInfo).port, stop: () => (stopping ??= close()) };
}
