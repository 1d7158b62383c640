import { ListResourceRecordSetsCommand, type ResourceRecordSet, type Route53Client } from "@aws-sdk/client-route-53";

/** Where to go on. */
type Start = { StartRecordName?: string; StartRecordType?: ResourceRecordSet["Type"] };

/**
 * Reads the zone page by page (300 records each) until all names are found: most zones are one request, however many names are asked for, and Route 53
 * takes five a second from an account (aws-rules R8).
 * @returns in lower case, without the last dot and the `dualstack.` that the console puts in front
 * @public loaded by require, which the search for unused exports does not see
 */
export async function aliases(
  client: Route53Client,
  zoneId: string,
  names: readonly string[],
): Promise<Record<string, string | null>> {
  const found = new Map<string, string>();
  let start: Start | undefined = {};
  while (start && names.some((name) => !found.has(normal(name)))) {
    const page = await listed(client, zoneId, start);
    for (const { Name = "", Type, AliasTarget } of page.records)
      if (Type === "A" && AliasTarget) found.set(normal(Name), loadBalancerName(AliasTarget.DNSName ?? ""));
    start = page.next;
  }
  return Object.fromEntries(names.map((name) => [name, found.get(normal(name)) ?? null]));
}

async function listed(
  client: Route53Client,
  zoneId: string,
  start: Start,
): Promise<{ records: ResourceRecordSet[]; next: Start | undefined }> {
  const page = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...start }));
  const { ResourceRecordSets: records = [], IsTruncated, NextRecordName, NextRecordType } = page;
  if (!IsTruncated || NextRecordName === undefined) return { records, next: undefined };
  return {
    records,
    next: { StartRecordName: NextRecordName, ...(NextRecordType && { StartRecordType: NextRecordType }) },
  };
}

function loadBalancerName(dnsName: string): string {
  return normal(dnsName).replace(/^dualstack\./, "");
}

function normal(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
