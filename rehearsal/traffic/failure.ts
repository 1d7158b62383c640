/** A request that failed before an answer came; `message` is the error class for its sample. */
export class RequestFailure extends Error {}

/** A name without an address, which resolvers remember for a while. */
export class MissingName extends RequestFailure {
  /** @param ttlSeconds AWS seconds, by the SOA record of the name's zone (aws-rules R12) */
  constructor(
    message: string,
    readonly ttlSeconds: number,
  ) {
    super(message);
  }
}

/**
 * A short, stable class for a failure: the code of the socket, TLS or DNS error (`ECONNREFUSED`, `CERT_HAS_EXPIRED`,
 * `ENOTFOUND`), `closed` when the server hung up before the whole answer was there, `badAnswer` when it was not HTTP.
 */
export function failureClass(error: unknown): string {
  if (error instanceof RequestFailure) return error.message;
  const { code } = error as { code?: unknown };
  if (code === "UND_ERR_SOCKET") return "closed";
  if (typeof code !== "string") return "unknown";
  return code.startsWith("HPE_") || code.startsWith("UND_ERR_RES") ? "badAnswer" : code;
}
