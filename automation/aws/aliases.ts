import { ListResourceRecordSetsCommand, type ResourceRecordSet, type Route53Client } from "@aws-sdk/client-route-53";

/** Where the next page starts. */
type Start = { StartRecordName?: string; StartRecordType?: ResourceRecordSet["Type"] };

/**
 * Reads the zone page by page (300 records each) until all names are found: most zones need one request, however many
 * names there are, and Route 53 accepts five requests a second from an account (aws-rules R8).
 * @returns DNS name of the load balancer by record name, in lower case, without the last dot and the `dualstack.` that
 * the console puts in front; null where there is no alias record
 * @public loaded by require, which the search for unused exports does not see
 */
export async function aliases(
  client: Route53Client,
  zoneId: string,
  names: readonly string[],
): Promise<Record<string, string | null>> {
  const found = new Map<string, string>();
  let start: Start | undefined = {};
  while (start && names.some((name) => !found.has(normalised(name)))) {
    const page = await listRecords(client, zoneId, start);
    for (const { Name = "", Type, AliasTarget } of page.records)
      if (Type === "A" && AliasTarget) found.set(normalised(Name), loadBalancerName(AliasTarget.DNSName ?? ""));
    start = page.next;
  }
  return Object.fromEntries(names.map((name) => [name, found.get(normalised(name)) ?? null]));
}

async function listRecords(
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
  return normalised(dnsName).replace(/^dualstack\./, "");
}

function normalised(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
