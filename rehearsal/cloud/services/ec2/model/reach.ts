import type { Reachability } from "../../../kernel/ports";
import { Cidr } from "./cidr";
import type { NetworkInterfaces } from "./interfaces";
import type { InternetGateways } from "./internet-gateways";
import type { NatGateways } from "./nat-gateways";
import type { RouteTables } from "./route-tables";
import { permitsTcp, type SecurityGroupRule } from "./security-group-rule";
import type { SecurityGroup, SecurityGroups } from "./security-groups";
import type { Subnet, Subnets } from "./subnets";
import type { VpcEndpoint, VpcEndpoints } from "./vpc-endpoints";
import type { Vpcs } from "./vpcs";

const EVERYWHERE = "0.0.0.0/0";
const HTTPS = 443;
/** The names that a client of the service needs; the ECS agent needs three (C10). */
const NAMES: Record<string, string[]> = { ecs: ["ecs", "ecs-agent", "ecs-telemetry"] };

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

/** Follows packets: through security groups, route tables, gateways and endpoints. Groups are stateful, so answers always come back. */
export class Reach {
  constructor(private readonly parts: Parts) {}

  allows(fromGroups: string[] | "internet", toGroups: string[], port: number): boolean {
    if (fromGroups === "internet") {
      return rulesOf(this.#groups(toGroups), "ingress", port).some(
        ({ peer }) => peer.kind === "cidrIpv4" && peer.value === EVERYWHERE,
      );
    }
    return this.blockedBy(fromGroups, toGroups, port) === undefined;
  }

  /** The receiver is named first where both drop it: it is the one that a caller has to ask. */
  blockedBy(fromGroups: string[], toGroups: string[], port: number): "sender" | "receiver" | undefined {
    const from = this.#groups(fromGroups);
    const to = this.#groups(toGroups);
    if (from.length === 0) return "sender";
    if (to.length === 0 || from[0]!.vpcId !== to[0]!.vpcId) return "receiver";
    if (!rulesOf(to, "ingress", port).some((rule) => this.#covers(rule, from))) return "receiver";
    return rulesOf(from, "egress", port).some((rule) => this.#covers(rule, to)) ? undefined : "sender";
  }

  letsOut(groupIds: string[], address: string, port: number): boolean {
    const place = Cidr.parse(`${address}/32`);
    return rulesOf(this.#groups(groupIds), "egress", port).some(
      ({ peer }) => place && peer.kind === "cidrIpv4" && Cidr.parse(peer.value)?.contains(place),
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
    const way = this.internetRoute(subnetId);
    if (!way) return { ok: false, reason: `subnet ${subnetId} has no route to the internet` };
    if (way === "internet-gateway" && !subnet.mapPublicIpOnLaunch) {
      return {
        ok: false,
        reason: `subnet ${subnetId} is routed to an internet gateway, but the instance has no public address`,
      };
    }
    const out = rulesOf(this.#groups(groupIds), "egress", port).some(({ peer }) => peer.value === EVERYWHERE);
    return out ? { ok: true } : { ok: false, reason: `${groupIds.join(", ")} let nothing out on port ${port}` };
  }

  reachesService(subnetId: string, groupIds: string[], service: string, publicAddress?: boolean): Answer {
    const subnet = this.parts.subnets.get(subnetId);
    for (const name of NAMES[service] ?? [service]) {
      const answer = this.#reachesName(subnet, groupIds, name, publicAddress ?? subnet.mapPublicIpOnLaunch);
      if (!answer.ok) return answer;
    }
    return { ok: true };
  }

  #reachesName(subnet: Subnet, groupIds: string[], name: string, publicAddress: boolean): Answer {
    const endpoints = this.parts.endpoints.inVpc(subnet.vpcId).filter((endpoint) => endpoint.service === name);
    const byName = endpoints.find((endpoint) => endpoint.type === "Interface" && endpoint.privateDnsEnabled);
    if (byName) return this.#throughInterface(byName, groupIds);
    const table = this.parts.routeTables.ofSubnet(subnet);
    const byRoute = endpoints.find((one) => one.type === "Gateway" && one.routeTableIds.includes(table.id));
    const way = byRoute ? null : this.internetRoute(subnet.id);
    if (!byRoute && !way) {
      return {
        ok: false,
        reason: `subnet ${subnet.id} has no route to the internet, and VPC ${subnet.vpcId} has no endpoint for ${name}`,
      };
    }
    if (way === "internet-gateway" && !publicAddress) {
      return {
        ok: false,
        reason: `subnet ${subnet.id} is routed to an internet gateway, but the instance has no public address: ${name} cannot be reached`,
      };
    }
    const out = rulesOf(this.#groups(groupIds), "egress", HTTPS).some(
      ({ peer }) => peer.value === EVERYWHERE || (byRoute && peer.value === byRoute.prefixListId),
    );
    if (out) return { ok: true };
    return { ok: false, reason: `${groupIds.join(", ")} let nothing out to ${name} on port ${HTTPS}` };
  }

  #throughInterface(endpoint: VpcEndpoint, groupIds: string[]): Answer {
    if (endpoint.state !== "available") {
      return { ok: false, reason: `endpoint ${endpoint.id} for ${endpoint.service} is ${endpoint.state}` };
    }
    if (this.allows(groupIds, endpoint.securityGroupIds, HTTPS)) return { ok: true };
    return {
      ok: false,
      reason: `${groupIds.join(", ")} and the groups of endpoint ${endpoint.id} do not let port ${HTTPS} through to ${endpoint.service}`,
    };
  }

  /** True if the rule's other side takes in every address of some group's members. */
  #covers({ peer }: SecurityGroupRule, groups: SecurityGroup[]): boolean {
    if (peer.kind === "group") return groups.some((group) => group.id === peer.value);
    if (peer.kind !== "cidrIpv4") return false;
    const block = Cidr.parse(peer.value);
    return block !== undefined && groups.some((group) => this.#blocksOf(group).every((one) => block.contains(one)));
  }

  /** The subnets that a group's members are in; the whole VPC while it has none. */
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
