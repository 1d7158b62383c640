import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../../components/core/user-error";
import { webPageRefusal } from "../../core/loopback-guard";
import { bodyOf, type Page, renderPage } from "./page";

const HOST = "127.0.0.1";

const HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  // A connection that is kept open would keep the server from closing with the run.
  connection: "close",
};
/** Bytes that may wait for a browser that reads nothing, such as a sleeping tab. It is then disconnected; it reconnects later and gets the whole page. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

/** Longest that the end of a run waits for browsers to take the last state. One that sleeps, or has a connection open in advance, never ends by itself. */
const CLOSE_MS = 1_000;

/** Serves one page on the loopback address, and sends each browser that shows it what changes (server-sent events). */
export class PageServer {
  readonly #server: Server;
  readonly #watchers = new Set<ServerResponse>();
  #page: Page;

  private constructor(page: Page) {
    this.#page = page;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /**
   * @param port 0 for a free one
   * @throws UserError when the port is taken
   */
  static async listen(page: Page, port: number): Promise<PageServer> {
    const server = new PageServer(page);
    server.#server.listen(port, HOST);
    // A page that is never closed must not keep the command alive.
    server.#server.unref();
    try {
      await once(server.#server, "listening");
    } catch (error) {
      throw new UserError(
        `the page cannot be served on port ${port} (${(error as NodeJS.ErrnoException).code}): give another one, or none for a free one`,
      );
    }
    return server;
  }

  /** `http://127.0.0.1:43211/` */
  get url(): string {
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Sends the parts that changed to every browser that shows the page. */
  show(page: Page): void {
    const was = new Map(this.#page.parts.map((part) => [part.id, bodyOf(part)]));
    this.#page = page;
    const changed = page.parts.filter((part) => was.get(part.id) !== bodyOf(part));
    if (changed.length === 0) return;
    const event = partsEvent({ ...page, parts: changed });
    for (const watcher of this.#watchers) {
      if (watcher.writableLength > MOST_WAITING_BYTES) watcher.destroy();
      else watcher.write(event);
    }
  }

  /** Tells each browser that the page will not change any more, and stops serving. */
  async close(): Promise<void> {
    for (const watcher of this.#watchers) watcher.end("event: over\ndata:\n\n");
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeIdleConnections();
    const limit = setTimeout(() => this.#server.closeAllConnections(), CLOSE_MS);
    await closed;
    clearTimeout(limit);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { host, origin } = new URL(this.url);
    const refusal = webPageRefusal(request, { isHost: (name) => name === host, origins: [origin] });
    if (refusal !== undefined) refuse(response, refusal);
    else if (request.method !== "GET") refuse(response, 405);
    else if (request.url === "/") {
      const page = renderPage(this.#page, { isLive: true });
      response.writeHead(200, { ...HEADERS, "content-type": "text/html; charset=utf-8" }).end(page);
    } else if (request.url === "/events") this.#watch(response);
    else refuse(response, 404);
  }

  /** Sends the whole page first: something may have changed since the browser loaded it. */
  #watch(response: ServerResponse): void {
    response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
    response.write(partsEvent(this.#page));
    this.#watchers.add(response);
    response.on("close", () => this.#watchers.delete(response));
  }
}

function partsEvent({ title, parts }: Pick<Page, "title" | "parts">): string {
  const texts = Object.fromEntries(parts.map((part) => [part.id, bodyOf(part)]));
  return `event: parts\ndata: ${JSON.stringify({ title: `${title} · aoshingo`, parts: texts })}\n\n`;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, HEADERS).end();
}
