/** A message of gRPC without a field, after the five bytes that say that it is not compressed and how long it is. */
export const EMPTY_MESSAGE = Buffer.alloc(5);

/** The head of a call of gRPC. @param method its path, such as `/grpc.health.v1.Health/Check` */
export function callHead(method: string): Record<string, string> {
  return { ":method": "POST", ":path": method, "content-type": "application/grpc", te: "trailers" };
}
