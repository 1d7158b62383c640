import type { DnsLookup } from "../../../data-plane/dns/types";
import { isWithin } from "../../../kernel/dns-name";
import { NS_TTL_SECONDS } from "./hosted-zone";

/** The domain of the name servers. RFC 6761 reserves `.test`, so nobody owns it. */
const DOMAIN = "awsdns.test";

/** The name servers in the NS record of every private zone. Only resolvers in a VPC can query the zone. */
export const PRIVATE_NAME_SERVERS: readonly string[] = [
  "ns-0.awsdns-00.com",
  "ns-512.awsdns-00.net",
  "ns-1024.awsdns-00.org",
  "ns-1536.awsdns-00.co.uk",
];

/** Route 53's name servers, with their host names and addresses. */
export class NameServers {
  /** `ns-1.awsdns.test` and so on. */
  readonly names: readonly string[];
  readonly #addresses: readonly string[];

  /** @param addresses IPv4, in the order of `names` */
  constructor(addresses: readonly string[]) {
    this.#addresses = addresses;
    this.names = addresses.map((_, index) => `ns-${index + 1}.${DOMAIN}`);
  }

  /** The answer to a question about a name server's host name; undefined for a name outside their domain. */
  answer(name: string, question: string): DnsLookup | undefined {
    if (!isWithin(name, DOMAIN)) return undefined;
    const soa = {
      zone: DOMAIN,
      nameServer: this.names[0] ?? "",
      hostmaster: `hostmaster.${DOMAIN}`,
      serial: 1,
      ttlSeconds: 900,
      minimumSeconds: 900,
    };
    const data = this.#addresses[this.names.indexOf(name)];
    if (data === undefined) return name === DOMAIN ? { kind: "noData", soa } : { kind: "noSuchName", soa };
    if (question !== "A") return { kind: "noData", soa };
    return { kind: "answer", records: [{ name, type: "A", ttlSeconds: NS_TTL_SECONDS, data }] };
  }
}
