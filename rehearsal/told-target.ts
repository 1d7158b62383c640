import { RELEASE_HEADER } from "../automation/ports/http-client";

/**
 * A client of a rehearsal that sends this header is told in it which release answered. AWS has nothing like it, and nobody
 * else's answers have it.
 */
export const TOLD_RELEASE = "x-rehearsal-release";
/** The header beside it tells of which service that release is: services' own answers may all look alike. */
export const TOLD_SERVICE = "x-rehearsal-service";

/** What clients of the traffic send, so that services need not say their release. */
export const ASKS_FOR_TARGET: Readonly<Record<string, string>> = { [TOLD_RELEASE]: "tell" };

/** The release that answered a request, and its service. Either is "" where nobody tells it. */
export interface ToldTarget {
  release: string;
  service: string;
}

/** Returns who answered by an answer's headers: as the rehearsal cloud tells it, else the release as the service does. */
export function toldTarget(headers: Readonly<Record<string, unknown>>): ToldTarget {
  return {
    release: String(headers[TOLD_RELEASE] ?? headers[RELEASE_HEADER] ?? ""),
    service: String(headers[TOLD_SERVICE] ?? ""),
  };
}

/** Tells whether an answer may be one of this service: nobody has told another. */
export function isOf(service: string, told: Pick<ToldTarget, "service">): boolean {
  return told.service === "" || told.service === service;
}
