import { createServer, type IncomingMessage } from "node:http";

/** Longer than the 60 s after which a load balancer closes an idle connection: closing first would lose a request that is on its way. */
const KEEP_ALIVE_MS = 75_000;

interface Answer {
  status: number;
  body?: string;
}

const HEALTHY: Answer = { status: 200, body: "ok" };

function failed(error: Error): Answer {
  console.error(error);
  return { status: 500, body: "internal error" };
}

/** Serves requests on the variable PORT until SIGTERM; then those that are under way come to their end. */
export function serve(answer: (request: IncomingMessage) => Promise<Answer>): void {
  const { PORT, RELEASE = "" } = process.env;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, async (request, response) => {
    response.setHeader("x-release", RELEASE);
    if (!server.listening) response.setHeader("connection", "close");
    const { status, body } = request.url === "/healthz" ? HEALTHY : await answer(request).catch(failed);
    response.writeHead(status).end(body);
  });
  server.listen(Number(PORT), () => console.log(`listening on ${PORT}`));
  process.once("SIGTERM", () => server.close(() => process.exit(0)));
}
