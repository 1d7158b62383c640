import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

/** A real server that records the requests. */
export class HttpServer {
  readonly received: Received[] = [];
  /** Answers a request. Default: 200. */
  answer: (request: Received, response: ServerResponse) => void = (_, response) => response.end("ok");

  private constructor(private readonly server: Server) {}

  static async open(): Promise<HttpServer> {
    const server = createServer();
    const open = new HttpServer(server);
    server.on("request", async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      const { method = "", url = "", headers } = request;
      const received = { method, path: url, headers, body: text === "" ? undefined : JSON.parse(text) };
      open.received.push(received);
      open.answer(received, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return open;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
