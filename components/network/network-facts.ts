import * as aws from "@pulumi/aws";
import { providerReason } from "../core/provider-reason";
import type { ExistingNetwork } from "../settings/settings";

/** The provider's words for a look that found nothing; any other error is passed on. */
const NOTHING_FOUND = /no matching|no results|NotFound/;
const EVERYWHERE = "0.0.0.0/0";

/** What was looked for, or why it was not found, in one line. */
export type Found<Value> = Value | { missing: string };

export interface VpcFacts {
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  /** The internet gateway that is attached to it; null if there is none. */
  internetGateway: string | null;
}

export interface SubnetFacts {
  vpcId: string;
  zone: string;
  cidr: string;
  freeAddresses: number;
  routeTable: Found<RouteTableFacts>;
}

export interface RouteTableFacts {
  id: string;
  /** Where it sends 0.0.0.0/0, such as `igw-…` or `nat-…`; null without such a route. */
  defaultTarget: string | null;
  /** The state of that target if it is a NAT gateway, such as `available`; null for any other target. */
  natState: string | null;
}

/** An existing network as AWS has it. */
export interface NetworkFacts {
  vpc: Found<VpcFacts>;
  /** By id, all that the settings name. */
  subnets: Readonly<Record<string, Found<SubnetFacts>>>;
  /** The private zone that has the name of the internal domain in that VPC already; null if there is none. */
  privateZone: { id: string; tags: Readonly<Record<string, string>> } | null;
}

/**
 * Looks an existing network up. It changes nothing.
 * @param internalDomain domain of the private zone that the stack would make; null if it makes none
 */
export async function readNetworkFacts(
  { vpc, publicSubnets, privateSubnets }: ExistingNetwork,
  internalDomain: string | null,
): Promise<NetworkFacts> {
  const natStates = new Map<string, Promise<string>>();
  const stateOf = (id: string) => {
    const known = natStates.get(id) ?? natState(id);
    natStates.set(id, known);
    return known;
  };
  const ids = [...new Set([...publicSubnets, ...privateSubnets])];
  const [foundVpc, privateZone, ...subnets] = await Promise.all([
    found(() => readVpc(vpc)),
    internalDomain === null ? null : findPrivateZone(internalDomain, vpc),
    ...ids.map((id) => found(() => readSubnet(id, stateOf))),
  ]);
  return { vpc: foundVpc, privateZone, subnets: Object.fromEntries(ids.map((id, place) => [id, subnets[place]!])) };
}

async function readVpc(id: string): Promise<VpcFacts> {
  const [{ enableDnsSupport, enableDnsHostnames }, gateway] = await Promise.all([
    aws.ec2.getVpc({ id }),
    orNull(() => aws.ec2.getInternetGateway({ filters: [{ name: "attachment.vpc-id", values: [id] }] })),
  ]);
  return { enableDnsSupport, enableDnsHostnames, internetGateway: gateway?.internetGatewayId ?? null };
}

async function readSubnet(id: string, stateOf: (natId: string) => Promise<string>): Promise<SubnetFacts> {
  const subnet = await aws.ec2.getSubnet({ id });
  const { vpcId, availabilityZone: zone, cidrBlock: cidr, availableIpAddressCount: freeAddresses } = subnet;
  const routeTable = await found(() => readRouteTable(id, vpcId, stateOf));
  return { vpcId, zone, cidr, freeAddresses, routeTable };
}

/** A subnet that no route table is associated with has its VPC's main one (aws-rules N12). */
async function readRouteTable(subnetId: string, vpcId: string, stateOf: (natId: string) => Promise<string>) {
  const table =
    (await orNull(() => aws.ec2.getRouteTable({ subnetId }))) ??
    (await aws.ec2.getRouteTable({ vpcId, filters: [{ name: "association.main", values: ["true"] }] }));
  const route = table.routes.find(({ cidrBlock }) => cidrBlock === EVERYWHERE);
  return {
    id: table.routeTableId,
    defaultTarget: route ? targetOf(route) : null,
    natState: route?.natGatewayId ? await stateOf(route.natGatewayId) : null,
  };
}

/** The one target that a route has; the others are empty texts. */
function targetOf(route: aws.types.output.ec2.GetRouteTableRoute): string {
  const { cidrBlock, ipv6CidrBlock, destinationPrefixListId, ...targets } = route;
  return Object.values(targets).find(Boolean) ?? "nothing";
}

/**
 * A route does not tell whether its target is still there (aws-rules N12). AWS shows a deleted gateway for about an
 * hour, then knows it no more.
 */
async function natState(id: string): Promise<string> {
  return (await orNull(() => aws.ec2.getNatGateway({ id })))?.state ?? "deleted";
}

/** Where the zone cannot be looked up, AWS refuses the second one when it is made (aws-rules R14). */
async function findPrivateZone(name: string, vpcId: string): Promise<NetworkFacts["privateZone"]> {
  const zone = await found(() => aws.route53.getZone({ name, privateZone: true, vpcId }));
  return "missing" in zone ? null : { id: zone.zoneId, tags: zone.tags };
}

async function found<Value extends object>(look: () => Promise<Value>): Promise<Found<Value>> {
  try {
    return await look();
  } catch (error) {
    return { missing: providerReason(error) };
  }
}

async function orNull<Value>(look: () => Promise<Value>): Promise<Value | null> {
  try {
    return await look();
  } catch (error) {
    if (NOTHING_FOUND.test(providerReason(error))) return null;
    throw error;
  }
}
