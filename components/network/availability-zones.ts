import * as aws from "@pulumi/aws";
import { UserError } from "../core/user-error";
import type { LastOutputs } from "../live/program-outputs";
import { problem } from "../settings/problem";
import type { Settings } from "../settings/settings";

export interface ChosenZonesArgs {
  network: Settings["network"];
  region: string;
  last: LastOutputs;
}

/**
 * The names of the availability zones of a network that the stack makes, in the order of its subnets. Those that it has stay, because a
 * subnet in another zone is another subnet. Further ones are ordinary zones: Local Zones and Wavelength Zones, which an account opts in
 * to, have no NAT gateways or share no load balancer with others (aws-rules N14). The settings may say which: an old account may have one that has no
 * NAT gateways either (N15).
 *
 * @throws UserError for zones of the settings that the region does not give the account
 * @returns fewer than the settings want where the region gives the account no more; none with an existing network
 */
export async function chooseZones({ network, region, last }: ChosenZonesArgs): Promise<readonly string[]> {
  if ("vpc" in network) return [];
  const kept = await zonesThatStand(region, last);
  if (kept.length >= network.zones) return kept.slice(0, network.zones);
  const { names } = await aws.getAvailabilityZones({
    filters: [{ name: "zone-type", values: ["availability-zone"] }],
  });
  const { availabilityZones: wanted = names } = network;
  const unknown = wanted.filter((zone) => !names.includes(zone));
  if (unknown.length > 0)
    throw new UserError(
      problem(
        ["network", "availabilityZones"],
        unknown.join(", "),
        `zones that ${region} gives this account: ${names.join(", ")}`,
      ),
    );
  return [...new Set([...kept, ...wanted])].slice(0, network.zones);
}

/** The zones of the network that the last run left; none in another region, and where it made no network. */
async function zonesThatStand(region: string, last: LastOutputs): Promise<readonly string[]> {
  if (last.region !== region || last.immutableSettings?.vpc !== undefined) return [];
  return last.availabilityZones ?? (await zonesOfServices(last)).toSorted();
}

/** What an older program did not write: it took the first zones by their names, and each service is in all of them. */
async function zonesOfServices({ services = {} }: LastOutputs): Promise<string[]> {
  const [service] = Object.values(services);
  if (!service) return [];
  const subnetIds = service.job?.subnetIds ?? (await subnetsOf(service.colours.blue.autoScalingGroup));
  return Promise.all(subnetIds.map(async (id) => (await aws.ec2.getSubnet({ id })).availabilityZone));
}

async function subnetsOf(autoScalingGroup: string): Promise<string[]> {
  return (await aws.autoscaling.getGroup({ name: autoScalingGroup })).vpcZoneIdentifier.split(",");
}
