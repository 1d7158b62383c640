import type { IncomingMessage } from "node:http";
import type { ProtocolVersion } from "./types";

/** The content types of gRPC; that of gRPC-Web is another one. */
const GRPC = /^application\/grpc(?:[+;]|$)/i;

export function isGrpc({ headers }: IncomingMessage): boolean {
  return GRPC.test(headers["content-type"] ?? "");
}

/** True if a target group with this protocol version takes a request (aws-rules E58). */
export function isTaken(request: IncomingMessage, protocolVersion: ProtocolVersion): boolean {
  const isHttp2 = request.httpVersionMajor === 2;
  if (protocolVersion === "HTTP1") return !isGrpc(request);
  return isHttp2 && (protocolVersion === "HTTP2" || request.method === "POST");
}
