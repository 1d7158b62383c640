import { createServer } from "node:http";

/** A server that is healthy at one path alone, which the variable HEALTH has, and answers everybody else at `/`. */
const server = createServer(({ url }, response) => {
  response.statusCode = url === "/" || url === process.env.HEALTH ? 200 : 404;
  response.setHeader("x-release", process.env.RELEASE ?? "");
  response.end();
}).listen(Number(process.env.PORT), "0.0.0.0");

process.on("SIGTERM", () => server.close(() => process.exit(0)));
