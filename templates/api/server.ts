import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, route } from "./routes";

/** Longer than the 60 s after which a load balancer closes an idle connection: if this side closed first, a request could be on its way into it. */
const KEEP_ALIVE_MS = 75_000;

/** How long `stop` waits for requests in flight: below `stopTimeoutSeconds` of the settings, after which ECS kills the task. */
const STOP_LIMIT_MS = 25_000;

export interface RunningServer {
  port: number;
  /** Takes no new connection and lets requests in flight end. */
  stop(): Promise<void>;
}

/** Starts to listen; every answer carries `x-release`. Rejects with the system's error, e.g. EADDRINUSE. */
export async function startServer(port: number, host: string, release: string): Promise<RunningServer> {
  let isStopping = false;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, async (request, response) => {
    const { status, body } = await answerOf(request.method ?? "", request.url ?? "/");
    response.writeHead(status, {
      "content-type": "application/json",
      "x-release": release,
      ...(isStopping ? { connection: "close" } : {}),
    });
    response.end(`${JSON.stringify(body)}\n`);
    request.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      isStopping = true;
      const limit = setTimeout(() => server.closeAllConnections(), STOP_LIMIT_MS);
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(limit);
    },
  };
}

async function answerOf(method: string, url: string): Promise<Answer> {
  try {
    return await route(method, url.split("?", 1)[0]!);
  } catch (error) {
    console.error(error);
    return { status: 500, body: { error: "internal error" } };
  }
}
