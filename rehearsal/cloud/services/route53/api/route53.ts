import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { normalName } from "../../../kernel/dns-name";
import { restXmlProtocol } from "../../../protocols/rest-xml";
import { type Operation, operation } from "../../../protocols/service";
import type { HostedZones } from "../model/hosted-zones";

/** The largest number of record sets in one response of Route 53. */
const MAX_ITEMS = 300;

export const route53Protocol = restXmlProtocol("route53", "https://route53.amazonaws.com/doc/2013-04-01/", [
  {
    operation: "ListResourceRecordSets",
    method: "GET",
    path: /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset$/,
    parameter: "HostedZoneId",
  },
  { operation: "GetChange", method: "GET", path: /^\/2013-04-01\/change\/([^/]+)$/, parameter: "Id" },
]);

export function route53Operations(zones: Pick<HostedZones, "listRecords" | "getChange">): Record<string, Operation> {
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
    GetChange: operation({ Id: z.string() }, ({ Id }) => {
      const { id, status, submittedAtMs } = zones.getChange(Id);
      return { ChangeInfo: { Id: `/change/${id}`, Status: status, SubmittedAt: new Date(submittedAtMs) } };
    }),
  };
}

/** A text that sorts like Route 53's record sets. */
function sortKey({ Name = "", Type = "" }: { Name?: string | undefined; Type?: string | undefined }): string {
  return `${normalName(Name).split(".").reverse().join(".")} ${Type}`;
}
