import { z } from "zod";
import type { HostedZones } from "../aws/route53/hosted-zones";
import { type Operation, operation } from "./service";

/** Most record sets in one answer of Route 53. */
const MAX_ITEMS = 300;

export function route53Operations(zones: Pick<HostedZones, "listRecords" | "getChange">): Record<string, Operation> {
  return {
    ListResourceRecordSets: operation({ HostedZoneId: z.string() }, ({ HostedZoneId }) => {
      const records = zones.listRecords(HostedZoneId);
      if (records.length > MAX_ITEMS) {
        throw new RangeError(`the zone has ${records.length} record sets, and the rehearsal cloud has no second page`);
      }
      return { ResourceRecordSets: records, IsTruncated: false, MaxItems: MAX_ITEMS };
    }),
    GetChange: operation({ Id: z.string() }, ({ Id }) => {
      const { id, status, submittedAtMs } = zones.getChange(Id);
      return { ChangeInfo: { Id: `/change/${id}`, Status: status, SubmittedAt: new Date(submittedAtMs) } };
    }),
  };
}
