import { isIPv4, isIPv6 } from "node:net";
import { apiName, isWithin } from "../../../kernel/dns-name";
import type { LoadBalancerDnsNames } from "../../elb/model/load-balancer-dns-names";
import type { RecordSet } from "./record-set";

/**
 * The problems of one record set in the words of Route 53's errors; empty if it is valid.
 * @param zone the zone's name
 * @param neighbours the other record sets of the zone, after the change
 */
export function problemsOf(
  record: RecordSet,
  zone: string,
  neighbours: RecordSet[],
  loadBalancers: LoadBalancerDnsNames,
): string[] {
  const name = apiName(record.name);
  if (!isWithin(record.name, zone)) return [`RRSet with DNS name ${name} is not permitted in zone ${apiName(zone)}`];
  if (record.name.length > 255 || record.name.split(".").some((label) => label.length === 0 || label.length > 63)) {
    return [`FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '${record.name}'`];
  }
  return [...cnameProblems(record, zone, neighbours), ...contentProblems(record, loadBalancers)];
}

/** Conflicts with other record sets of the same name (R6). */
function cnameProblems(record: RecordSet, zone: string, neighbours: RecordSet[]): string[] {
  const rrset = `RRSet of type ${record.type} with DNS name ${apiName(record.name)} is not permitted`;
  if (record.type === "CNAME" && record.name === zone) return [`${rrset} at apex in zone ${apiName(zone)}`];
  const conflict = neighbours.some(
    ({ name, type }) => name === record.name && type !== record.type && (type === "CNAME" || record.type === "CNAME"),
  );
  return conflict
    ? [`${rrset} as it conflicts with other records with the same DNS name in zone ${apiName(zone)}`]
    : [];
}

function contentProblems({ type, content }: RecordSet, loadBalancers: LoadBalancerDnsNames): string[] {
  if (content.kind === "alias") return aliasProblems(type, content, loadBalancers);
  const { values, ttlSeconds } = content;
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > 2_147_483_647) {
    return [`Invalid TTL '${ttlSeconds}': it must be between 0 and 2147483647`];
  }
  if (values.length === 0) return ["Missing field 'ResourceRecords' in Change"];
  if (new Set(values).size < values.length) return ["Duplicate Resource Record"];
  if (type === "CNAME" && values.length > 1) return ["A CNAME record can have only one value"];
  return values.flatMap((value) => valueProblems(type, value));
}

function valueProblems(type: RecordSet["type"], value: string): string[] {
  const fatal = (problem: string) => [
    `Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`,
  ];
  if (type === "A" && !isIPv4(value)) return fatal("ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)");
  if (type === "AAAA" && !isIPv6(value))
    return fatal("AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)");
  if (type === "TXT" && !/^"[^"]*"( "[^"]*")*$/.test(value)) {
    return fatal("InvalidCharacterString (Value should be enclosed in quotation marks)");
  }
  return [];
}

/** Problems of an alias to a load balancer (R1). */
function aliasProblems(
  type: RecordSet["type"],
  { dnsName, zoneId }: { dnsName: string; zoneId: string },
  loadBalancers: LoadBalancerDnsNames,
): string[] {
  const tried = `Tried to create an alias that targets ${apiName(dnsName)}, type ${type} in zone ${zoneId}, but`;
  if (type !== "A" && type !== "AAAA") return [`${tried} an alias to a load balancer must be of type A or AAAA`];
  const target = loadBalancers.find(loadBalancerName(dnsName));
  if (!target) return [`${tried} that target was not found`];
  if (target.zoneId !== zoneId) return [`${tried} the alias target name does not lie within the target zone`];
  return [];
}

/** The DNS name without the prefix `dualstack.`, which the console adds. Both names have the same answers. */
export function loadBalancerName(dnsName: string): string {
  return dnsName.replace(/^dualstack\./, "");
}
