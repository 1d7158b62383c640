import { CONFIG_NAMESPACE } from "../settings/problem";
import type { ExistingNetwork } from "../settings/settings";
import { type AddressNeeds, PER_LOAD_BALANCER } from "./address-needs";
import type { Found, NetworkFacts, RouteTableFacts, SubnetFacts, VpcFacts } from "./network-facts";

/** A load balancer needs this many zones (aws-rules E5). */
const MIN_ZONES = 2;
/** The longest prefix of a load balancer's subnet (aws-rules E6). */
const LONGEST_PREFIX = 27;
const EVERYWHERE = "0.0.0.0/0";

export interface NetworkProblemsArgs {
  network: ExistingNetwork;
  region: string;
  facts: NetworkFacts;
  needs: AddressNeeds;
  /** Domain of the private zone. */
  internalDomain: string;
  /** Tags of everything in the stack: a private zone with them is its own. */
  tags: Readonly<Record<string, string>>;
}

type ListName = "publicSubnets" | "privateSubnets";
/** A subnet that was found in the VPC. */
type Known = SubnetFacts & { id: string };

/** Everything in an existing network that the stack could not work with: one line each, with what to do. */
export function networkProblems(args: NetworkProblemsArgs): string[] {
  const { network, region, facts, needs } = args;
  const { vpc } = facts;
  const publics = knownSubnets(args, "publicSubnets");
  const privates = knownSubnets(args, "privateSubnets");
  return [
    ...("missing" in vpc
      ? [`${path("vpc")}: given ${network.vpc}, wanted a VPC that exists in ${region}: ${vpc.missing}`]
      : dnsProblems(network.vpc, vpc)),
    ...[...publics.problems, ...privates.problems],
    ...zoneProblems("publicSubnets", network.publicSubnets.length, publics.known),
    ...zoneProblems("privateSubnets", network.privateSubnets.length, privates.known),
    ...sharedZoneProblems(network, publics.known, privates.known),
    ...publics.known.flatMap((subnet) => publicRouteProblems(subnet, network.vpc, vpc)),
    ...privates.known.flatMap(privateRouteProblems),
    ...publics.known.flatMap((subnet) => addressProblems("publicSubnets", subnet, needs.public, true)),
    ...privates.known.flatMap((subnet) => addressProblems("privateSubnets", subnet, needs.private, needs.hasInternal)),
    ...privateZoneProblems(args),
  ];
}

/** Without both, a private zone does not resolve in the VPC (aws-rules R13). */
function dnsProblems(id: string, { enableDnsSupport, enableDnsHostnames }: VpcFacts): string[] {
  const off = (attribute: string, option: string) =>
    `${path("vpc")}: given ${id}, which has ${attribute} off, wanted on, because names of services do not resolve in it otherwise: ` +
    `aws ec2 modify-vpc-attribute --vpc-id ${id} --${option}`;
  return [
    ...(enableDnsSupport ? [] : [off("enableDnsSupport", "enable-dns-support")]),
    ...(enableDnsHostnames ? [] : [off("enableDnsHostnames", "enable-dns-hostnames")]),
  ];
}

/** The subnets of a list that are in the VPC, and a line for each of the others. */
function knownSubnets({ network, region, facts }: NetworkProblemsArgs, list: ListName) {
  const known: Known[] = [];
  const problems: string[] = [];
  for (const id of network[list]) {
    const subnet: Found<SubnetFacts> = facts.subnets[id]!;
    if ("missing" in subnet)
      problems.push(`${path(list)}: given ${id}, wanted a subnet that exists in ${region}: ${subnet.missing}`);
    else if (subnet.vpcId !== network.vpc)
      problems.push(`${path(list)}: given ${id}, which is in ${subnet.vpcId}, wanted a subnet of ${network.vpc}`);
    else known.push({ ...subnet, id });
  }
  return { known, problems };
}

/** @param given how many the settings name: subnets that were not found may be in other zones */
function zoneProblems(list: ListName, given: number, subnets: readonly Known[]): string[] {
  const byZone = new Map<string, string[]>();
  for (const { id, zone } of subnets) byZone.set(zone, [...(byZone.get(zone) ?? []), id]);
  const twice = [...byZone].filter(([, ids]) => ids.length > 1);
  return [
    ...twice.map(
      ([zone, ids]) =>
        `${path(list)}: given ${ids.join(" and ")}, which are all in ${zone}, wanted one subnet of each zone, because a load balancer takes no more: leave out the others`,
    ),
    ...(byZone.size < MIN_ZONES && subnets.length === given
      ? [
          `${path(list)}: given subnets of one zone, ${[...byZone.keys()].join()}, wanted at least ${MIN_ZONES} zones, which a load balancer needs: add a subnet of another zone`,
        ]
      : []),
  ];
}

/** A load balancer sends no request to a zone that it has no subnet of: the target is `unused` (aws-rules E30). */
function sharedZoneProblems(network: ExistingNetwork, publics: readonly Known[], privates: readonly Known[]): string[] {
  // A public subnet that was not found may be of that zone.
  if (publics.length < network.publicSubnets.length) return [];
  const zones = [...new Set(publics.map(({ zone }) => zone))];
  return privates
    .filter(({ zone }) => !zones.includes(zone))
    .map(
      ({ id, zone }) =>
        `${path("privateSubnets")}: given ${id}, which is in ${zone}, wanted a zone of publicSubnets (${zones.join(", ")}), because load balancers send no requests to other zones: add a public subnet of ${zone}, or leave this one out`,
    );
}

function publicRouteProblems({ id, routeTable }: Known, vpcId: string, vpc: Found<VpcFacts>): string[] {
  if ("missing" in routeTable) return [unreadable("publicSubnets", id, routeTable.missing)];
  // Whether a gateway is attached cannot be told of a VPC that was not found.
  if ("missing" in vpc) return [];
  const { internetGateway } = vpc;
  const start = `${path("publicSubnets")}: given ${id}, ${sends(routeTable)}`;
  if (internetGateway === null)
    return [
      `${start}, wanted an internet gateway, and none is attached to ${vpcId}: attach one and make it the target of ${EVERYWHERE} in ${routeTable.id}`,
    ];
  if (routeTable.defaultTarget === internetGateway) return [];
  return [
    `${start}, wanted ${EVERYWHERE} to ${internetGateway}, because nobody could reach the load balancers otherwise: ${setRoute(routeTable, `--gateway-id ${internetGateway}`)}`,
  ];
}

function privateRouteProblems({ id, routeTable }: Known): string[] {
  if ("missing" in routeTable) return [unreadable("privateSubnets", id, routeTable.missing)];
  const { defaultTarget, natState } = routeTable;
  const start = `${path("privateSubnets")}: given ${id}, ${sends(routeTable)}`;
  const remedy = `: ${setRoute(routeTable, "--nat-gateway-id nat-…")}`;
  if (defaultTarget === null)
    return [`${start}, wanted a route to a NAT gateway, because instances could reach neither ECS nor images${remedy}`];
  if (defaultTarget.startsWith("igw-"))
    return [
      `${start}, wanted a NAT gateway, because instances have no public address and could reach nothing through an internet gateway${remedy}`,
    ];
  if (natState !== null && natState !== "available")
    return [`${start}, which is ${natState}, wanted a NAT gateway that is available${remedy}`];
  return [];
}

function addressProblems(
  list: ListName,
  { id, cidr, freeAddresses }: Known,
  need: number,
  hasNodes: boolean,
): string[] {
  const isSmall = hasNodes && Number(cidr.split("/")[1]) > LONGEST_PREFIX;
  const what =
    list === "publicSubnets"
      ? `${PER_LOAD_BALANCER} for each load balancer`
      : `instances of both colours, evenly in all subnets${hasNodes ? `, and ${PER_LOAD_BALANCER} for each new internal load balancer` : ""}`;
  return [
    ...(isSmall
      ? [
          `${path(list)}: given ${id}, which is ${cidr}, wanted a /${LONGEST_PREFIX} or larger for load balancers: name a larger subnet`,
        ]
      : []),
    ...(freeAddresses < need
      ? [
          `${path(list)}: given ${id}, which has ${freeAddresses} free addresses, wanted ${need} (${what}): free some, or name a larger subnet`,
        ]
      : []),
  ];
}

/** A second private zone of the same name in a VPC is refused (aws-rules R14). */
function privateZoneProblems({ network, facts, internalDomain, tags }: NetworkProblemsArgs): string[] {
  const { privateZone } = facts;
  // An earlier run may have made it and failed later.
  if (privateZone === null || Object.entries(tags).every(([key, value]) => privateZone.tags[key] === value)) return [];
  return [
    `${path("vpc")}: given ${network.vpc}, in which the private zone ${privateZone.id} has the name ${internalDomain} already, wanted none, because the stack makes its own: take that zone from the VPC, or use another domain`,
  ];
}

function sends({ id, defaultTarget }: RouteTableFacts): string {
  return defaultTarget === null
    ? `whose route table ${id} has no route to ${EVERYWHERE}`
    : `whose route table ${id} sends ${EVERYWHERE} to ${defaultTarget}`;
}

function setRoute({ id, defaultTarget }: RouteTableFacts, target: string): string {
  const verb = defaultTarget === null ? "create" : "replace";
  return `aws ec2 ${verb}-route --route-table-id ${id} --destination-cidr-block ${EVERYWHERE} ${target}`;
}

function unreadable(list: ListName, id: string, reason: string): string {
  return `${path(list)}: given ${id}, whose route table cannot be read, wanted one that can: ${reason}`;
}

function path(key: string): string {
  return `${CONFIG_NAMESPACE}:network.${key}`;
}
