import { z } from "zod";
import type { HostedZones } from "../../aws/route53/hosted-zones";
import { defineFunction, type ProviderFunction } from "../../provider/resource-type";

export function getZone(service: HostedZones): ProviderFunction {
  return defineFunction({
    token: "aws:route53/getZone:getZone",
    args: z.strictObject({
      name: z.string().optional(),
      zoneId: z.string().optional(),
      privateZone: z.literal(false).optional(),
    }),
    async call({ name, zoneId }) {
      if ((name === undefined) === (zoneId === undefined)) {
        throw new Error("aws:route53/getZone:getZone: give one of name and zoneId");
      }
      const byId = zoneId === undefined ? undefined : service.find(zoneId);
      const found = name === undefined ? (byId ? [byId] : []) : service.findByName(name);
      const [zone] = found;
      if (!zone) {
        throw new Error(
          `no matching Route 53 Hosted Zone found for ${name ?? zoneId}: the rehearsal cloud has the zones that it was started with and those that the program made`,
        );
      }
      if (found.length > 1) throw new Error("multiple Route 53 Hosted Zones matched; use additional constraints");
      return {
        id: zone.id,
        zoneId: zone.id,
        arn: zone.arn,
        name: zone.name,
        comment: zone.comment,
        callerReference: `rehearsal-${zone.id}`,
        linkedServiceDescription: "",
        linkedServicePrincipal: "",
        nameServers: zone.nameServers,
        primaryNameServer: zone.soa.nameServer,
        privateZone: false,
        // NS and SOA are counted.
        resourceRecordSetCount: zone.records.size + 2,
        tags: {},
      };
    },
  });
}
