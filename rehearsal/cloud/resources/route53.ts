import type { HostedZones } from "../aws/route53/hosted-zones";
import type { CloudClock } from "../clock";
import type { ProviderFunction, ResourceType } from "../provider/resource-type";
import { getZone } from "./route53/get-zone";
import { record } from "./route53/record";
import { zone } from "./route53/zone";

/** `aws:route53/*` */
export function route53Resources(service: HostedZones, clock: CloudClock): ResourceType[] {
  return [zone(service, clock), record(service, clock)];
}

export function route53Functions(service: HostedZones): ProviderFunction[] {
  return [getZone(service)];
}
