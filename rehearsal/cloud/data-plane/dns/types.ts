/** The control plane's answers to DNS questions, for each name server separately (aws-rules R5). */
export interface DnsZoneSource {
  /**
   * @param nameServer index of the name server that was asked; name servers get changes at different moments
   * @param name lower case, without the last dot
   * @param type for SOA return `noData` with the zone's SOA whenever the name exists: the server puts it into the
   *   answer section if the name is the zone's own. Types that no zone has (HTTPS, MX, ...) are looked up as SOA too.
   */
  lookup(nameServer: number, name: string, type: "A" | "AAAA" | "CNAME" | "NS" | "SOA" | "TXT"): DnsLookup;
}

export type DnsLookup =
  | { kind: "answer"; records: DnsRecord[] }
  /**
   * The name exists without this type: NOERROR without answers, with the SOA in the authority section (negative TTL).
   */
  | { kind: "noData"; soa: DnsSoa }
  /** NXDOMAIN with the SOA in the authority section. */
  | { kind: "noSuchName"; soa: DnsSoa }
  /** The name is outside all zones: REFUSED. */
  | { kind: "refused" };

export interface DnsRecord {
  name: string;
  type: "A" | "AAAA" | "CNAME" | "NS" | "TXT";
  /** AWS seconds (60 for an alias to a load balancer, R1); a client of the rehearsal divides them by the speed. */
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
