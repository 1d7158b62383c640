import { createServer } from "node:http";

const server = createServer((request, response) => {
  if (request.url === "/" || request.url === "/healthz") response.end("Hello from __SERVICE__\n");
  else response.writeHead(404).end();
});
// Longer than a load balancer keeps a connection that is idle, 60 s.
server.keepAliveTimeout = 75_000;
server.listen(Number(process.env.PORT ?? 8080));
// A task that ends answers what it has in hand first.
process.on("SIGTERM", () => server.close());
