import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import { apiName } from "../../../kernel/dns-name";
import { type HostedZone, NS_TTL_SECONDS } from "./hosted-zone";
import type { RecordSet } from "./record-set";

/** The zone's record sets in the form of ListResourceRecordSets, with NS and SOA first. */
export function describeRecordSets(zone: HostedZone): ResourceRecordSet[] {
  const { soa } = zone;
  const name = apiName(zone.name);
  const values = zone.nameServers.map((server) => ({ Value: apiName(server) }));
  const soaValue = `${apiName(soa.nameServer)} ${apiName(soa.hostmaster)} ${soa.serial} 7200 900 1209600 ${soa.minimumSeconds}`;
  return [
    { Name: name, Type: "NS", TTL: NS_TTL_SECONDS, ResourceRecords: values },
    { Name: name, Type: "SOA", TTL: soa.ttlSeconds, ResourceRecords: [{ Value: soaValue }] },
    ...[...zone.records.values()].map(describeRecordSet),
  ];
}

function describeRecordSet({ name, type, content }: RecordSet): ResourceRecordSet {
  if (content.kind === "values") {
    return {
      Name: apiName(name),
      Type: type,
      TTL: content.ttlSeconds,
      ResourceRecords: content.values.map((value) => ({ Value: value })),
    };
  }
  return {
    Name: apiName(name),
    Type: type,
    AliasTarget: {
      DNSName: apiName(content.dnsName),
      HostedZoneId: content.zoneId,
      EvaluateTargetHealth: content.evaluateTargetHealth,
    },
  };
}
