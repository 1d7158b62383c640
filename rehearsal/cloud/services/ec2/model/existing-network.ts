import type { ExistingNetwork } from "../../../../../components/settings/settings";
import type { Network } from "./network";
import type { RouteTable } from "./route-tables";

const EVERYWHERE = "0.0.0.0/0";

/**
 * Makes a VPC of another owner, which exists before any stack: with these ids, DNS, an internet gateway, a NAT gateway
 * that is available, and a subnet of each list in each zone, in the order of the lists. Public subnets have the main
 * route table, private ones have one of their own.
 */
export function createExistingNetwork(
  network: Network,
  { vpc: id, publicSubnets, privateSubnets }: ExistingNetwork,
): void {
  const { internetGateways, natGateways, addresses, routeTables, subnets } = network;
  const vpc = network.createVpc(
    {
      cidrBlock: "10.100.0.0/16",
      instanceTenancy: "default",
      enableDnsSupport: true,
      enableDnsHostnames: true,
      enableNetworkAddressUsageMetrics: false,
    },
    id,
  );
  const gateway = internetGateways.create();
  internetGateways.attach(gateway.id, id);
  network.addRoute(vpc.mainRouteTableId, { destination: EVERYWHERE, target: gateway.id });
  const createSubnet = (subnetId: string, place: number, firstBlock: number, table: RouteTable | null) => {
    const zones = network.zones.ordinary;
    const subnet = subnets.create(
      {
        vpcId: id,
        cidrBlock: `10.100.${firstBlock + place}.0/24`,
        availabilityZone: zones[place % zones.length]!.name,
        mapPublicIpOnLaunch: table === null,
      },
      subnetId,
    );
    if (table) routeTables.associate(table.id, subnet);
  };
  for (const [place, subnetId] of publicSubnets.entries()) createSubnet(subnetId, place, 0, null);
  const nat = natGateways.create(publicSubnets[0]!, addresses.allocate().allocationId);
  nat.state = "available";
  const privateTable = routeTables.create(vpc);
  network.addRoute(privateTable.id, { destination: EVERYWHERE, target: nat.id });
  for (const [place, subnetId] of privateSubnets.entries()) createSubnet(subnetId, place, 128, privateTable);
}

/** Makes a security group of another owner, in the VPC that exists, or in the one that the stack will make. */
export function createExistingGroup({ securityGroups }: Network, id: string, vpcId: string | undefined): void {
  const [name, description] = [`database-${id.slice(-8)}`, "Database of another owner"];
  if (vpcId === undefined) securityGroups.createWithoutVpc(id, name, description);
  else securityGroups.create(vpcId, name, description, id);
}
