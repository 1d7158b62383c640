import type { CloudClock } from "../../../kernel/clock";
import type { ProviderFunction, ResourceType } from "../../../provider/resource-type";
import type { HostedZones } from "../model/hosted-zones";
import { getZone } from "./get-zone";
import { record } from "./record";
import { zone } from "./zone";

/** `aws:route53/*` */
export function route53Resources(service: HostedZones, clock: CloudClock): ResourceType[] {
  return [zone(service, clock), record(service, clock)];
}

export function route53Functions(service: HostedZones): ProviderFunction[] {
  return [getZone(service)];
}
