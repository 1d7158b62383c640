import { AwsError } from "../../../kernel/aws-error";
import { apiName, isWithin } from "../../../kernel/dns-name";
import type { HostedZone } from "./hosted-zone";

/** The zone that answers for a name: of the zones that contain it, the one with the longest name. */
export function closestTo(name: string, zones: readonly HostedZone[]): HostedZone | undefined {
  let closest: HostedZone | undefined;
  for (const zone of zones) {
    if (isWithin(name, zone.name) && zone.name.length > (closest?.name.length ?? 0)) closest = zone;
  }
  return closest;
}

/** @throws AwsError ConflictingDomainExists if another zone with the same name is associated with the VPC (R13-R14) */
export function refuseConflict(zoneName: string, vpcId: string, region: string, zones: readonly HostedZone[]): void {
  const other = zones.find((zone) => zone.name === zoneName && zone.vpcIds.has(vpcId));
  if (!other) return;
  throw new AwsError(
    "ConflictingDomainExists",
    `The VPC ${vpcId} in region ${region} has already been associated with the hosted zone ${other.id} with the same domain name.`,
  );
}

/** @throws AwsError PublicZoneVPCAssociation */
export function associate(zone: HostedZone, vpcId: string): void {
  if (!zone.isPrivate) {
    throw new AwsError(
      "PublicZoneVPCAssociation",
      `The hosted zone ${zone.id} (${apiName(zone.name)}) is public: only a private hosted zone can be associated with a VPC.`,
    );
  }
  zone.vpcIds.add(vpcId);
}

/** @throws AwsError VPCAssociationNotFound, LastVPCAssociation */
export function disassociate(zone: HostedZone, vpcId: string): void {
  if (!zone.vpcIds.has(vpcId)) {
    throw new AwsError(
      "VPCAssociationNotFound",
      `The specified VPC ${vpcId} and the hosted zone ${zone.id} are not associated.`,
    );
  }
  if (zone.vpcIds.size === 1) {
    throw new AwsError(
      "LastVPCAssociation",
      `Cannot remove last VPC association for the private zone ${zone.id}: delete the zone instead.`,
    );
  }
  zone.vpcIds.delete(vpcId);
}
