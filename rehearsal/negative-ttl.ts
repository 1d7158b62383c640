import type { DecodedPacket } from "dns-packet";

/**
 * Returns the seconds for which a resolver remembers that an answer had no address: the shorter of the SOA record's
 * TTL and its minimum (RFC 2308, section 5; aws-rules R12). 0 for an answer without such a record.
 */
export function negativeTtlSeconds({ authorities = [] }: DecodedPacket): number {
  const soa = authorities.find((record) => record.type === "SOA");
  return soa?.type === "SOA" ? Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) : 0;
}
