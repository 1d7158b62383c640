/**
 * The target of bench/load-balancer.ts, a process of its own: it answers 200 with a small body, and sends its port to
 * its parent.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const BODY = JSON.stringify({ ok: true, padding: "x".repeat(200) });

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": BODY.length });
  response.end(BODY);
});
server.listen(0, "127.66.40.9", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
