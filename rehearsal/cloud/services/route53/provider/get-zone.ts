import { z } from "zod";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";
import type { HostedZone } from "../model/hosted-zone";
import type { HostedZones } from "../model/hosted-zones";

export function getZone(service: HostedZones): ProviderFunction {
  return defineFunction({
    token: "aws:route53/getZone:getZone",
    awsCall: "route53:ListHostedZones",
    args: z.strictObject({
      name: z.string().optional(),
      zoneId: z.string().optional(),
      privateZone: z.boolean().optional(),
      vpcId: z.string().optional(),
      tags: z.record(z.string(), z.string()).optional(),
    }),
    async call({ name, zoneId, privateZone = false, vpcId, tags = {} }) {
      if ((name === undefined) === (zoneId === undefined)) {
        throw new Error("aws:route53/getZone:getZone: give one of name and zoneId");
      }
      const byId = zoneId === undefined ? undefined : service.find(zoneId);
      const found = byId ? [byId] : service.findByName(name ?? "").filter(matches);
      // As in the provider, `vpcId` selects private zones only. The provider ignores the filters if `zoneId` is given.
      function matches(zone: HostedZone): boolean {
        if (zone.isPrivate !== (privateZone || vpcId !== undefined)) return false;
        if (vpcId !== undefined && !zone.vpcIds.has(vpcId)) return false;
        return Object.entries(tags).every(([key, value]) => zone.tags[key] === value);
      }
      const [zone] = found;
      if (!zone) {
        throw new Error(
          `no matching ${privateZone ? "private " : ""}Route 53 Hosted Zone found for ${name ?? zoneId}: the rehearsal cloud has the zones that it started with and those that the program created`,
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
        privateZone: zone.isPrivate,
        // NS and SOA are counted.
        resourceRecordSetCount: zone.records.size + 2,
        tags: zone.tags,
        vpcId: vpcId ?? "",
      };
    },
  });
}
