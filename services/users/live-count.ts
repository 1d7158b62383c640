import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import { z } from "zod";

/** Load balancers cut a stream after 60 s without data. */
const EVERY_SECONDS = 20;

/** How often a page wants to hear of the number of users. */
export const every = z.object({ every: z.coerce.number().min(0.1).max(50).default(EVERY_SECONDS) });

/**
 * Serves `/live`: a WebSocket that tells the number of users, at once and then every so many seconds. A stream that is
 * open when the service is to end goes on until the page closes it.
 */
export function liveCount(release: string, users: () => Promise<number>) {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on("headers", (headers) => headers.push(`x-release: ${release}`));
  return (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    const refuse = (status: string) =>
      socket.end(`HTTP/1.1 ${status}\r\nx-release: ${release}\r\nconnection: close\r\n\r\n`);
    const path = request.url ?? "/";
    // `//` is none: it begins the name of a host.
    const url = URL.canParse(path, "http://users") ? new URL(path, "http://users") : undefined;
    const wanted = every.safeParse(Object.fromEntries(url?.searchParams ?? []));
    if (!url || !wanted.success) return void refuse("400 Bad Request");
    if (url.pathname !== "/live") return void refuse("404 Not Found");
    server.handleUpgrade(request, socket, head, (page) => {
      // While the number is not known the page keeps the last one.
      const tell = () =>
        void users().then(
          (count) => page.send(JSON.stringify({ users: count }), () => {}),
          () => {},
        );
      const timer = setInterval(tell, wanted.data.every * 1000);
      page.on("close", () => clearInterval(timer));
      page.on("error", () => page.terminate());
      tell();
    });
  };
}
