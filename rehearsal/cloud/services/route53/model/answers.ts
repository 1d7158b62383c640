import type { DnsLookup, DnsRecord, DnsSoa } from "../../../data-plane/dns/types";
import { isWithin, normalName } from "../../../kernel/dns-name";
import type { LoadBalancerDnsNames } from "../../elb/model/load-balancer-dns-names";
import { type HostedZone, NS_TTL_SECONDS } from "./hosted-zone";
import { loadBalancerName } from "./record-checks";
import { keyOf, type RecordSet } from "./record-set";

export type Question = "A" | "AAAA" | "CNAME" | "NS" | "SOA" | "TXT";

/** The fixed TTL of a load balancer's DNS name and of an alias to it, in AWS seconds (R1). */
const LOAD_BALANCER_TTL_SECONDS = 60;
/** The longest chain of CNAME records that is followed. RFC 1034 asks resolvers to detect loops. */
export const MAX_CNAMES = 8;

/** The answer that one name server gives from its view of a zone. */
export function answerFromZone(
  zone: HostedZone,
  nameServer: number,
  name: string,
  question: Question,
  loadBalancers: LoadBalancerDnsNames,
): DnsLookup {
  const view = zone.views[nameServer] ?? new Map<string, RecordSet>();
  const noData: DnsLookup = { kind: "noData", soa: zone.soa };
  if (question === "NS" && name === zone.name) {
    return { kind: "answer", records: zone.nameServers.map((data) => nsRecord(name, data)) };
  }
  const records: DnsRecord[] = [];
  for (let current = name; records.length < MAX_CNAMES; ) {
    const set =
      question === "NS" || question === "SOA" ? undefined : view.get(keyOf({ name: current, type: question }));
    if (set) {
      records.push(...recordsOf(set, loadBalancers));
      break;
    }
    const cname = view.get(keyOf({ name: current, type: "CNAME" }));
    const [link] = cname ? recordsOf(cname, loadBalancers) : [];
    if (!link) break;
    records.push(link);
    if (!isWithin(link.data, zone.name)) break;
    current = link.data;
  }
  if (records.length > 0) return { kind: "answer", records };
  const exists = name === zone.name || [...view.values()].some((set) => isWithin(set.name, name));
  return exists ? noData : { kind: "noSuchName", soa: zone.soa };
}

/** The answer of AWS's own name servers for the DNS name of a load balancer. */
export function answerForLoadBalancer(
  name: string,
  question: Question,
  region: string,
  loadBalancers: LoadBalancerDnsNames,
): DnsLookup {
  const soa: DnsSoa = {
    zone: loadBalancerDomain(region),
    nameServer: `ns-1.${loadBalancerDomain(region)}`,
    hostmaster: "awsdns-hostmaster.amazon.com",
    serial: 1,
    ttlSeconds: LOAD_BALANCER_TTL_SECONDS,
    minimumSeconds: LOAD_BALANCER_TTL_SECONDS,
  };
  const found = loadBalancers.find(loadBalancerName(name));
  if (!found) return { kind: "noSuchName", soa };
  if (question !== "A") return { kind: "noData", soa };
  return { kind: "answer", records: found.addresses.map((address) => addressRecord(name, address)) };
}

export function loadBalancerDomain(region: string): string {
  return `${region}.elb.amazonaws.com`;
}

function recordsOf({ name, type, content }: RecordSet, loadBalancers: LoadBalancerDnsNames): DnsRecord[] {
  if (content.kind === "values") {
    return content.values.map((value) => ({
      name,
      type,
      ttlSeconds: content.ttlSeconds,
      data: type === "CNAME" ? normalName(value) : unquoted(type, value),
    }));
  }
  const found = loadBalancers.find(loadBalancerName(content.dnsName));
  // `evaluateTargetHealth` changes nothing here: with simple routing the record is the only one of its name and type, and
  // if every record is unhealthy, Route 53 takes all of them for healthy (R10). With IPv4 only it has no AAAA record.
  if (!found || type !== "A") return [];
  return found.addresses.map((address) => addressRecord(name, address));
}

function unquoted(type: RecordSet["type"], value: string): string {
  if (type !== "TXT") return value;
  return [...value.matchAll(/"([^"]*)"/g)].map((part) => part[1]).join("");
}

function addressRecord(name: string, address: string): DnsRecord {
  return { name, type: "A", ttlSeconds: LOAD_BALANCER_TTL_SECONDS, data: address };
}

function nsRecord(name: string, data: string): DnsRecord {
  return { name, type: "NS", ttlSeconds: NS_TTL_SECONDS, data };
}
