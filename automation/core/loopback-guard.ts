import type { IncomingMessage } from "node:http";

/** What a server on the loopback address takes for its own. */
export interface OwnNames {
  /** Whether a `Host`, with its port, names the server. */
  isHost(host: string): boolean;
  /** Origins of the pages that may ask it, such as `http://127.0.0.1:43211`. */
  origins: readonly string[];
}

/**
 * Returns the HTTP status with which a server on the loopback address refuses what somebody else's web page has a
 * browser of this machine send: 421 for a name that was made to lead here (DNS rebinding), 403 for another origin.
 * Undefined for anything else. Browsers name the origin of whatever can change something; programs name none.
 */
export function webPageRefusal(
  { headers: { host = "", origin } }: Pick<IncomingMessage, "headers">,
  own: OwnNames,
): 403 | 421 | undefined {
  if (!own.isHost(host)) return 421;
  return origin === undefined || own.origins.includes(origin) ? undefined : 403;
}
