/** What the DNS server asks of the control plane for each question; answers are decided per name server (aws-rules R5). */
export interface DnsZoneSource {
  /**
   * @param nameServer index of the name server that was asked (they take changes at different moments)
   * @param name lower case, without the last dot
   * @param type for SOA answer `noData` with the zone's SOA whenever the name exists: the server puts it into the answer
   *   section when the name is the zone's own. Types that no zone has (HTTPS, MX, ...) are asked for as SOA, too.
   */
  lookup(nameServer: number, name: string, type: "A" | "AAAA" | "CNAME" | "NS" | "SOA" | "TXT"): DnsLookup;
}

export type DnsLookup =
  | { kind: "answer"; records: DnsRecord[] }
  /** The name exists, but not with this type: NOERROR, empty, SOA in the authority section (negative TTL). */
  | { kind: "noData"; soa: DnsSoa }
  /** NXDOMAIN with the SOA in the authority section. */
  | { kind: "noSuchName"; soa: DnsSoa }
  /** A name outside every zone: REFUSED. */
  | { kind: "refused" };

export interface DnsRecord {
  name: string;
  type: "A" | "AAAA" | "CNAME" | "NS" | "TXT";
  /** Seconds as AWS says them (60 for an alias to a load balancer, R1); a client of the rehearsal divides them by the speed. */
  ttlSeconds: number;
  data: string;
}

export interface DnsSoa {
  zone: string;
  nameServer: string;
  hostmaster: string;
  serial: number;
  ttlSeconds: number;
  minimumSeconds: number;
}
