import { z } from "zod";
import type { HostedZone } from "../../aws/route53/hosted-zone";
import type { HostedZones } from "../../aws/route53/hosted-zones";
import type { CloudClock } from "../../clock";
import { defineResource, type ResourceType } from "../../provider/resource-type";
import type { Properties } from "../../provider/wire";
import { tags } from "../tags";
import { changeRecords } from "./change-records";

const inputs = z.object({
  name: z.string(),
  comment: z.string().default("Managed by Pulumi"),
  forceDestroy: z.boolean().default(false),
  tags,
});

/** A public zone. `vpcs` is an unknown argument: the rehearsal has no private zones. */
export function zone(service: HostedZones, clock: CloudClock): ResourceType {
  return defineResource({
    token: "aws:route53/zone:Zone",
    inputs,
    replaceOn: ["name"],
    computed: ["arn", "zoneId", "nameServers", "primaryNameServer"],
    async create({ name, comment }) {
      const created = service.createZone(name, comment);
      return { id: created.id, outputs: outputsOf(created) };
    },
    async read(id) {
      const found = service.find(id);
      return found ? { ...outputsOf(found), name: found.name, comment: found.comment } : null;
    },
    async update(id, { comment }) {
      const found = service.get(id);
      found.comment = comment;
      return outputsOf(found);
    },
    async delete(id, outputs, { signal }) {
      const found = service.find(id);
      if (!found) return;
      const leftovers = [...found.records.values()].map((record) => ({ action: "DELETE" as const, record }));
      if (outputs.forceDestroy === true && leftovers.length > 0) {
        await changeRecords(service, clock, id, leftovers, signal);
      }
      service.deleteZone(id);
    },
  });
}

function outputsOf({ id, arn, nameServers, soa }: HostedZone): Properties {
  return { arn, zoneId: id, nameServers, primaryNameServer: soa.nameServer };
}
