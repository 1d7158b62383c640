import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { apiName, normalName } from "../../../kernel/dns-name";
import { restXmlProtocol } from "../../../protocols/rest-xml";
import { type Operation, operation } from "../../../protocols/service";
import type { HostedZone } from "../model/hosted-zone";
import type { HostedZones } from "../model/hosted-zones";
import type { RecordChange } from "../model/record-changes";
import { changesIn, recordChange } from "./change-body";

/** The largest number of record sets in one response of Route 53. */
const MAX_ITEMS = 300;

export const route53Protocol = restXmlProtocol("route53", "https://route53.amazonaws.com/doc/2013-04-01/", [
  {
    operation: "ListResourceRecordSets",
    method: "GET",
    path: /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset$/,
    parameter: "HostedZoneId",
  },
  {
    operation: "ChangeResourceRecordSets",
    method: "POST",
    path: /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/,
    parameter: "HostedZoneId",
    readBody: (xml) => ({ ChangeBatch: { Changes: changesIn(xml) } }),
  },
  {
    operation: "GetHostedZone",
    method: "GET",
    path: /^\/2013-04-01\/hostedzone\/([^/]+)$/,
    parameter: "Id",
  },
  { operation: "ListHostedZonesByName", method: "GET", path: /^\/2013-04-01\/hostedzonesbyname$/ },
  { operation: "GetChange", method: "GET", path: /^\/2013-04-01\/change\/([^/]+)$/, parameter: "Id" },
]);

export function route53Operations(
  zones: Pick<HostedZones, "listRecords" | "getChange" | "change" | "get" | "findByName">,
): Record<string, Operation> {
  return {
    /** In Route 53's order: by name with its labels reversed (com.example.www), then by type. */
    ListResourceRecordSets: operation(
      {
        HostedZoneId: z.string(),
        name: z.string().optional(),
        type: z.string().optional(),
        maxitems: z.coerce.number().int().min(1).default(MAX_ITEMS),
      },
      ({ HostedZoneId, name, type = "", maxitems }) => {
        if (type !== "" && name === undefined)
          throw new AwsError("InvalidInput", "The StartRecordName must be specified with a StartRecordType");
        const from = name === undefined ? "" : sortKey({ Name: name, Type: type });
        const records = zones
          .listRecords(HostedZoneId)
          .filter((record) => sortKey(record) >= from)
          .sort((one, two) => (sortKey(one) < sortKey(two) ? -1 : 1));
        const size = Math.min(maxitems, MAX_ITEMS);
        const next = records[size];
        return {
          ResourceRecordSets: records.slice(0, size),
          IsTruncated: next !== undefined,
          NextRecordName: next?.Name,
          NextRecordType: next?.Type,
          MaxItems: size,
        };
      },
    ),
    ChangeResourceRecordSets: operation(
      { HostedZoneId: z.string(), ChangeBatch: z.strictObject({ Changes: z.array(recordChange) }) },
      ({ HostedZoneId, ChangeBatch }) => ({
        ChangeInfo: describedChange(zones.change(HostedZoneId, ChangeBatch.Changes)),
      }),
    ),
    GetHostedZone: operation({ Id: z.string() }, ({ Id }) => {
      const zone = zones.get(Id);
      return { HostedZone: describedZone(zone), DelegationSet: { NameServers: [...zone.nameServers] } };
    }),
    /** The zones of that name only, and in one page. */
    ListHostedZonesByName: operation({ dnsname: z.string() }, ({ dnsname }) => ({
      HostedZones: zones.findByName(dnsname).map(describedZone),
      IsTruncated: false,
    })),
    GetChange: operation({ Id: z.string() }, ({ Id }) => ({
      ChangeInfo: describedChange(zones.getChange(Id)),
    })),
  };
}

function describedChange({ id, status, submittedAtMs }: RecordChange) {
  return { Id: `/change/${id}`, Status: status, SubmittedAt: new Date(submittedAtMs) };
}

function describedZone({ id, name, isPrivate }: HostedZone) {
  return { Id: `/hostedzone/${id}`, Name: apiName(name), CallerReference: id, Config: { PrivateZone: isPrivate } };
}

/** A text that sorts like Route 53's record sets. */
function sortKey({ Name = "", Type = "" }: { Name?: string | undefined; Type?: string | undefined }): string {
  return `${normalName(Name).split(".").reverse().join(".")} ${Type}`;
}
