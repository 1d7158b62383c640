import type { DnsLookup } from "../../../data-plane/dns/types";
import { isWithin } from "../../../kernel/dns-name";
import { NS_TTL_SECONDS } from "./hosted-zone";

/** Where the name servers' own names are. `.test` is nobody's (RFC 6761). */
const DOMAIN = "awsdns.test";

/** What Route 53 writes into every private zone; nobody outside a VPC can ask them for it. */
export const PRIVATE_NAME_SERVERS: readonly string[] = [
  "ns-0.awsdns-00.com",
  "ns-512.awsdns-00.net",
  "ns-1024.awsdns-00.org",
  "ns-1536.awsdns-00.co.uk",
];

/** The names of Route 53's name servers. */
export class NameServers {
  /** `ns-1.awsdns.test` and so on. */
  readonly names: readonly string[];
  readonly #addresses: readonly string[];

  /** @param addresses IPv4 */
  constructor(addresses: readonly string[]) {
    this.#addresses = addresses;
    this.names = addresses.map((_, index) => `ns-${index + 1}.${DOMAIN}`);
  }

  /** Undefined for a name that is none of theirs. */
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
