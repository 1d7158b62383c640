import { Network } from "../../../../../../rehearsal/cloud/services/ec2/model/network";
import type { Vpc } from "../../../../../../rehearsal/cloud/services/ec2/model/vpcs";
import { silentCloud } from "../../../silent-cloud";

/** A network with one empty VPC of 10.0.0.0/16. */
export function scene(speed?: number): { network: Network; vpc: Vpc } {
  const network = new Network(silentCloud(speed));
  return { network, vpc: newVpc(network) };
}

export function newVpc(network: Network, cidrBlock = "10.0.0.0/16", dns = true): Vpc {
  return network.createVpc({
    cidrBlock,
    instanceTenancy: "default",
    enableDnsSupport: dns,
    enableDnsHostnames: dns,
    enableNetworkAddressUsageMetrics: false,
  });
}

/** Creates a subnet of 10.0.`third`.0/24 in zone a. */
export function newSubnet(network: Network, vpc: Vpc, third: number, mapPublicIpOnLaunch = false) {
  return network.subnets.create({
    vpcId: vpc.id,
    cidrBlock: `10.0.${third}.0/24`,
    availabilityZone: "ap-northeast-1a",
    mapPublicIpOnLaunch,
  });
}

/** Creates a public subnet with an internet gateway and a private one with a NAT gateway, as the program does. */
export async function publicAndPrivate(speed?: number) {
  const { network, vpc } = scene(speed);
  const open = newSubnet(network, vpc, 0, true);
  const closed = newSubnet(network, vpc, 1);
  const gateway = network.internetGateways.create();
  network.internetGateways.attach(gateway.id, vpc.id);
  const openTable = tableOf(network, vpc, open.id);
  const closedTable = tableOf(network, vpc, closed.id);
  network.addRoute(openTable, { destination: "0.0.0.0/0", target: gateway.id });
  const { allocationId } = network.addresses.allocate();
  const nat = await network.natGateways.settle(network.natGateways.create(open.id, allocationId));
  network.addRoute(closedTable, { destination: "0.0.0.0/0", target: nat.id });
  return { network, vpc, open, closed, gateway, openTable, closedTable, nat, allocationId };
}

export function tableOf(network: Network, vpc: Vpc, subnetId: string): string {
  const table = network.routeTables.create(vpc);
  network.routeTables.associate(table.id, network.subnets.get(subnetId));
  return table.id;
}
