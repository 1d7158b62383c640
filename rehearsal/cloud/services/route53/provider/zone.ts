import { z } from "zod";
import type { CloudClock } from "../../../kernel/clock";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Properties } from "../../../provider/wire";
import type { HostedZone } from "../model/hosted-zone";
import type { HostedZones } from "../model/hosted-zones";
import { changeRecords } from "./change-records";

const inputs = z.object({
  name: z.string(),
  comment: z.string().default("Managed by Pulumi"),
  forceDestroy: z.boolean().default(false),
  vpcs: z.array(z.strictObject({ vpcId: z.string(), vpcRegion: z.string().optional() })).optional(),
  tags,
});

type ZoneVpcs = z.output<typeof inputs>["vpcs"];

/** A hosted zone: private if `vpcs` lists any VPC, otherwise public. */
export function zone(service: HostedZones, clock: CloudClock): ResourceType {
  return defineResource({
    token: "aws:route53/zone:Zone",
    awsCalls: {
      create: "route53:CreateHostedZone",
      read: "route53:GetHostedZone",
      update: "route53:UpdateHostedZoneComment",
      delete: "route53:DeleteHostedZone",
    },
    inputs,
    replaceOn: ["name"],
    computed: ["arn", "zoneId", "nameServers", "primaryNameServer"],
    async create({ name, comment, vpcs, tags: given }) {
      const created = service.createZone(name, comment, idsOf(vpcs));
      created.tags = given ?? {};
      return { id: created.id, outputs: outputsOf(created) };
    },
    async read(id, known) {
      const found = service.find(id);
      if (!found) return null;
      const { name, comment } = found;
      return { ...outputsOf(found), name, comment, ...vpcArguments(found, known.vpcs as ZoneVpcs) };
    },
    async update(id, { comment, vpcs, tags: given }) {
      const found = service.get(id);
      found.comment = comment;
      found.tags = given ?? {};
      const vpcIds = idsOf(vpcs);
      // As the provider does, associates new VPCs first: a private zone cannot lose its last VPC.
      for (const vpcId of vpcIds) service.associateVpc(id, vpcId);
      for (const vpcId of [...found.vpcIds]) if (!vpcIds.includes(vpcId)) service.disassociateVpc(id, vpcId);
      return outputsOf(found);
    },
    async delete(id, outputs, { signal }) {
      const found = service.find(id);
      if (!found) return;
      const deletions = [...found.records.values()].map((record) => ({ action: "DELETE" as const, record }));
      if (outputs.forceDestroy === true && deletions.length > 0) {
        await changeRecords(service, clock, id, deletions, signal);
      }
      service.deleteZone(id);
    },
  });
}

function outputsOf({ id, arn, nameServers, soa }: HostedZone): Properties {
  return { arn, zoneId: id, nameServers, primaryNameServer: soa.nameServer };
}

function idsOf(vpcs: ZoneVpcs): string[] {
  return (vpcs ?? []).map(({ vpcId }) => vpcId);
}

/** The zone's VPCs as arguments for a read. Keeps the program's form and order for those that it lists. */
function vpcArguments({ vpcIds }: HostedZone, known: ZoneVpcs = []): Properties {
  const kept = known.filter(({ vpcId }) => vpcIds.has(vpcId));
  const others = [...vpcIds].filter((vpcId) => !kept.some((vpc) => vpc.vpcId === vpcId));
  const vpcs = [...kept, ...others.map((vpcId) => ({ vpcId }))];
  return vpcs.length > 0 ? { vpcs } : {};
}
