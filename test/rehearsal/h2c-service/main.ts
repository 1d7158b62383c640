import { createServer } from "node:http2";

/** A server of HTTP/2 in clear text, which says in each answer which release it is and what it was asked by. */
const server = createServer((request, response) => {
  response.setHeader("x-release", process.env.RELEASE ?? "");
  response.end(`HTTP/${request.httpVersion}\n`);
}).listen(Number(process.env.PORT), "0.0.0.0");

process.on("SIGTERM", () => server.close(() => process.exit(0)));
