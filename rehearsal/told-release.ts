import { RELEASE_HEADER } from "../automation/ports/http-client";

/**
 * A client of a rehearsal that sends this header is told in it which release answered. AWS has nothing like it, and nobody
 * else's answers have it.
 */
export const TOLD_RELEASE = "x-rehearsal-release";

/** What clients of the traffic send, so that services need not say their release. */
export const ASKS_FOR_RELEASE: Readonly<Record<string, string>> = { [TOLD_RELEASE]: "tell" };

/** Returns the release that an answer's headers name: as the rehearsal cloud tells it, else as the service does; "" if nobody does. */
export function toldRelease(headers: Readonly<Record<string, unknown>>): string {
  return String(headers[TOLD_RELEASE] ?? headers[RELEASE_HEADER] ?? "");
}
