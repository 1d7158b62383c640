import type { CloudClock } from "../../kernel/clock";
import type { CloudContext } from "../../kernel/context";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { route53Operations, route53Protocol } from "./api/route53";
import { HostedZones, type HostedZonesParts } from "./model/hosted-zones";
import { getZone } from "./provider/get-zone";
import { record } from "./provider/record";
import { zone } from "./provider/zone";

export function createRoute53(context: CloudContext, parts: HostedZonesParts): CloudService<HostedZones> {
  const zones = new HostedZones(context, parts);
  return {
    model: zones,
    types: route53Types(zones, context.clock),
    functions: [getZone(zones)],
    apis: { route53: { protocol: route53Protocol, operations: route53Operations(zones) } },
    close: () => zones.close(),
  };
}

export function route53Types(zones: HostedZones, clock: CloudClock): ResourceType[] {
  return [zone(zones, clock), record(zones, clock)];
}
