import { once } from "node:events";
import { createServer, type RequestListener, request as requestHttp, type Server } from "node:http";
import { request as requestHttps } from "node:https";
import type { AddressInfo } from "node:net";

export interface Ask {
  address: string;
  port: number;
  path?: string;
  headers?: Record<string, string>;
  /** The trusted CA as PEM. If it is given, the request uses TLS. */
  ca?: string;
  serverName?: string;
  /** The source address of the connection. */
  from?: string;
}

/** Sends one GET request on a new connection, and reads the complete response. */
export function ask({
  address,
  port,
  path,
  headers,
  ca,
  serverName,
  from,
}: Ask): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      host: address,
      port,
      path,
      headers,
      ca,
      servername: serverName,
      localAddress: from,
      agent: false,
    };
    const request = (ca ? requestHttps : requestHttp)(options, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
      answer.on("error", reject);
    });
    request.on("error", reject).end();
  });
}

/**
 * Asks until the node forwards to a target, and returns that answer. A node learns rules and healthy targets at a moment
 * of its own (E24), which may come after the API calls the target healthy.
 */
export async function askUntilServed(request: Ask): Promise<{ status: number; body: string }> {
  for (;;) {
    const answer = await ask(request);
    if (answer.status !== 404 && answer.status !== 503) return answer;
  }
}

/** Starts a task: a real HTTP server that passes health checks at /up. */
export interface TestTask {
  server: Server;
  endpoint: { address: string; port: number };
  close(): Promise<void>;
}

export async function startTask(address: string, listener: RequestListener): Promise<TestTask> {
  const server = createServer((request, response) => {
    if (request.url === "/up") response.end("up");
    else listener(request, response);
  });
  server.listen(0, address);
  await once(server, "listening");
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { server, endpoint: { address, port: (server.address() as AddressInfo).port }, close };
}
