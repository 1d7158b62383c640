import type { Reachability } from "../../../kernel/ports";
import { Cidr } from "./cidr";
import type { InternetGateways } from "./internet-gateways";
import type { NatGateways } from "./nat-gateways";
import type { NetworkInterfaces } from "./network-interfaces";
import type { RouteTables } from "./route-tables";
import { permitsTcp, type SecurityGroupRule } from "./security-group-rule";
import type { SecurityGroup, SecurityGroups } from "./security-groups";
import type { Subnet, Subnets } from "./subnets";
import type { VpcEndpoint, VpcEndpoints } from "./vpc-endpoints";
import type { Vpcs } from "./vpcs";

const EVERYWHERE = "0.0.0.0/0";
const HTTPS = 443;
/** The endpoints that a client of the service connects to. The ECS agent needs three (C10). */
const ENDPOINTS: Record<string, string[]> = { ecs: ["ecs", "ecs-agent", "ecs-telemetry"] };

interface Parts {
  vpcs: Vpcs;
  subnets: Subnets;
  routeTables: RouteTables;
  internetGateways: InternetGateways;
  natGateways: NatGateways;
  endpoints: VpcEndpoints;
  securityGroups: SecurityGroups;
  interfaces: NetworkInterfaces;
}

type Answer = ReturnType<Reachability["reachesService"]>;

/**
 * Finds out what can connect to what, through security groups, route tables, gateways and VPC endpoints. Security
 * groups are stateful, so responses always pass.
 */
export class ReachabilityAnalyzer {
  constructor(private readonly parts: Parts) {}

  allows(fromGroups: string[] | "internet", toGroups: string[], port: number): boolean {
    if (fromGroups === "internet") {
      return rulesOf(this.#groups(toGroups), "ingress", port).some(
        ({ peer }) => peer.kind === "cidrIpv4" && peer.value === EVERYWHERE,
      );
    }
    return this.blockedBy(fromGroups, toGroups, port) === undefined;
  }

  /** Returns "receiver" if both sides block the connection: the receiver has to allow it in any case. */
  blockedBy(fromGroups: string[], toGroups: string[], port: number): "sender" | "receiver" | undefined {
    const from = this.#groups(fromGroups);
    const to = this.#groups(toGroups);
    if (from.length === 0) return "sender";
    if (to.length === 0 || from[0]!.vpcId !== to[0]!.vpcId) return "receiver";
    if (!rulesOf(to, "ingress", port).some((rule) => this.#covers(rule, from))) return "receiver";
    return rulesOf(from, "egress", port).some((rule) => this.#covers(rule, to)) ? undefined : "sender";
  }

  letsOut(groupIds: string[], address: string, port: number): boolean {
    const destination = Cidr.parse(`${address}/32`);
    return rulesOf(this.#groups(groupIds), "egress", port).some(
      ({ peer }) => destination && peer.kind === "cidrIpv4" && Cidr.parse(peer.value)?.contains(destination),
    );
  }

  internetRoute(subnetId: string): "internet-gateway" | "nat-gateway" | null {
    const { subnets, routeTables, internetGateways, natGateways } = this.parts;
    const subnet = subnets.get(subnetId);
    const target = routeTables.ofSubnet(subnet).routes.find((route) => route.destination === EVERYWHERE)?.target ?? "";
    if (internetGateways.find(target)?.vpcId === subnet.vpcId) return "internet-gateway";
    const nat = natGateways.find(target);
    return nat?.state === "available" && this.internetRoute(nat.subnetId) === "internet-gateway" ? "nat-gateway" : null;
  }

  reachesInternet(subnetId: string, groupIds: string[], port: number): Answer {
    const subnet = this.parts.subnets.get(subnetId);
    const route = this.internetRoute(subnetId);
    if (!route) return { ok: false, reason: `subnet ${subnetId} has no route to the internet` };
    if (route === "internet-gateway" && !subnet.mapPublicIpOnLaunch) {
      return {
        ok: false,
        reason: `subnet ${subnetId} is routed to an internet gateway, but the instance has no public address`,
      };
    }
    const out = rulesOf(this.#groups(groupIds), "egress", port).some(({ peer }) => peer.value === EVERYWHERE);
    return out ? { ok: true } : { ok: false, reason: `no egress rule of ${groupIds.join(", ")} allows port ${port}` };
  }

  reachesService(subnetId: string, groupIds: string[], service: string, publicAddress?: boolean): Answer {
    const subnet = this.parts.subnets.get(subnetId);
    for (const name of ENDPOINTS[service] ?? [service]) {
      const answer = this.#reachesEndpoint(subnet, groupIds, name, publicAddress ?? subnet.mapPublicIpOnLaunch);
      if (!answer.ok) return answer;
    }
    return { ok: true };
  }

  #reachesEndpoint(subnet: Subnet, groupIds: string[], name: string, publicAddress: boolean): Answer {
    const endpoints = this.parts.endpoints.inVpc(subnet.vpcId).filter((endpoint) => endpoint.service === name);
    const interfaceEndpoint = endpoints.find(
      ({ type, privateDnsEnabled }) => type === "Interface" && privateDnsEnabled,
    );
    if (interfaceEndpoint) return this.#reachesInterface(interfaceEndpoint, groupIds);
    const table = this.parts.routeTables.ofSubnet(subnet);
    const gateway = endpoints.find((one) => one.type === "Gateway" && one.routeTableIds.includes(table.id));
    const route = gateway ? null : this.internetRoute(subnet.id);
    if (!gateway && !route) {
      return {
        ok: false,
        reason: `subnet ${subnet.id} has no route to the internet, and VPC ${subnet.vpcId} has no endpoint for ${name}`,
      };
    }
    if (route === "internet-gateway" && !publicAddress) {
      return {
        ok: false,
        reason: `subnet ${subnet.id} is routed to an internet gateway, but the instance has no public address: ${name} cannot be reached`,
      };
    }
    const out = rulesOf(this.#groups(groupIds), "egress", HTTPS).some(
      ({ peer }) => peer.value === EVERYWHERE || (gateway && peer.value === gateway.prefixListId),
    );
    if (out) return { ok: true };
    return { ok: false, reason: `no egress rule of ${groupIds.join(", ")} allows port ${HTTPS} to ${name}` };
  }

  #reachesInterface(endpoint: VpcEndpoint, groupIds: string[]): Answer {
    if (endpoint.state !== "available") {
      return { ok: false, reason: `endpoint ${endpoint.id} for ${endpoint.service} is ${endpoint.state}` };
    }
    if (this.allows(groupIds, endpoint.securityGroupIds, HTTPS)) return { ok: true };
    return {
      ok: false,
      reason: `${groupIds.join(", ")} and the groups of endpoint ${endpoint.id} do not allow port ${HTTPS} to ${endpoint.service}`,
    };
  }

  /** Whether the rule's peer is one of the groups, or contains every address that members of one group can have. */
  #covers({ peer }: SecurityGroupRule, groups: SecurityGroup[]): boolean {
    if (peer.kind === "group") return groups.some((group) => group.id === peer.value);
    if (peer.kind !== "cidrIpv4") return false;
    const block = Cidr.parse(peer.value);
    return block !== undefined && groups.some((group) => this.#blocksOf(group).every((one) => block.contains(one)));
  }

  /** The blocks of the subnets that a group's members are in; the VPC's block while the group has no members. */
  #blocksOf(group: SecurityGroup): Cidr[] {
    const { interfaces, subnets, vpcs } = this.parts;
    const members = interfaces.inGroup(group.id);
    if (members.length === 0) return [vpcs.get(group.vpcId).block];
    return members.map((member) => subnets.get(member.subnetId).block);
  }

  #groups(ids: string[]): SecurityGroup[] {
    return ids.flatMap((id) => this.parts.securityGroups.find(id) ?? []);
  }
}

function rulesOf(groups: SecurityGroup[], direction: "ingress" | "egress", port: number): SecurityGroupRule[] {
  return groups.flatMap(({ rules }) => rules).filter((rule) => rule.direction === direction && permitsTcp(rule, port));
}
