import type { Exposure } from "./schema/kinds";

/**
 * Domain of an edge: names of services are one label below it, so that one wildcard certificate, which covers exactly
 * one label, covers all of them. The internal domain is a private zone of its own, because inside the network a
 * private zone hides every public name below its domain.
 */
export function edgeDomain(exposure: Exposure, domain: string): string {
  return exposure === "public" ? domain : `internal.${domain}`;
}

/**
 * Production name of a service on an edge.
 *
 * @param domain of the edge
 */
export function productionHost(service: string, domain: string): string {
  return `${service}.${domain}`;
}

/**
 * Name under which the idle colour is tested.
 *
 * @param domain of the edge
 */
export function testHost(service: string, domain: string): string {
  return `${service}-test.${domain}`;
}
