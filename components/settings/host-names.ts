import type { Exposure } from "./schema";

/**
 * The domain that a service's names on an edge are one label below of, so that one wildcard certificate covers them (it covers exactly one label). The
 * internal one is a private zone of its own: inside the network a private zone hides every public name below it.
 */
export function edgeDomain(exposure: Exposure, domain: string): string {
  return exposure === "public" ? domain : `internal.${domain}`;
}

/** `domain`: that of the edge. */
export function productionHost(service: string, domain: string): string {
  return `${service}.${domain}`;
}

/** `domain`: that of the edge. */
export function testHost(service: string, domain: string): string {
  return `${service}-test.${domain}`;
}
