import { type ServerResponse, STATUS_CODES } from "node:http";
import { writeHead } from "./client-response";
import type { ActionConfig } from "./types";

/** The `Server` header of each response that the load balancer generates itself; responses of targets never have it. */
const SERVER = "awselb/2.0";

export type FixedResponseAction = Extract<ActionConfig, { type: "fixed-response" }>;

/** Answers with ELB's own error page, which has the status but not the cause. */
export function answerError(response: ServerResponse, status: number): void {
  const title = `${status} ${status === 503 ? "Service Temporarily Unavailable" : status === 504 ? "Gateway Time-out" : STATUS_CODES[status]}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  write(response, status, "text/html", body);
}

/** Answers a request of a protocol that the target group does not take: ELB sends this without a body (aws-rules E58). */
export function answerMismatch(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return;
  writeHead(response, 464, ["Server", SERVER, "Content-Length", "0"]);
  response.end();
}

export function answerFixed(response: ServerResponse, action: FixedResponseAction): void {
  write(response, action.statusCode, action.contentType || "text/plain", action.messageBody);
}

export function answerRedirect(response: ServerResponse, status: 301 | 302, location: string): void {
  write(response, status, "text/html", "", ["Location", location]);
}

function write(response: ServerResponse, status: number, type: string, body: string, moreHeaders: string[] = []): void {
  if (response.headersSent || response.destroyed) return;
  const headers = [
    "Server",
    SERVER,
    "Content-Type",
    type,
    "Content-Length",
    String(Buffer.byteLength(body)),
    ...moreHeaders,
  ];
  writeHead(response, status, headers);
  response.end(body);
}
