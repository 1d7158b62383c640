import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Reachability, TaskReachability } from "../../../kernel/ports";
import { Subscribers } from "../../../kernel/subscribers";
import { Addresses } from "./addresses";
import { NetworkInterfaces } from "./interfaces";
import { InternetGateways } from "./internet-gateways";
import { NatGateways } from "./nat-gateways";
import { Reach } from "./reach";
import { type Route, RouteTables } from "./route-tables";
import { SecurityGroups } from "./security-groups";
import { type Subnet, Subnets } from "./subnets";
import { VpcEndpoints } from "./vpc-endpoints";
import { type Vpc, type VpcSettings, Vpcs } from "./vpcs";

/** Default quota of an interface (N11). */
const MAX_GROUPS_OF_INTERFACE = 5;

export interface InterfaceSettings {
  subnetId: string;
  securityGroupIds: string[];
  /** What holds it, such as `ELB app/web/50dc6c495c0c9188`. */
  description: string;
  /** True for an internet-facing load balancer or an instance with a public address: the internet gateway then stays attached (N6). */
  publicAddress?: boolean;
}

/** The networks of the account (EC2's VPC part): what exists, what may be deleted, and who reaches whom. */
export class Network implements Reachability, TaskReachability {
  readonly vpcs: Vpcs;
  readonly subnets: Subnets;
  readonly internetGateways: InternetGateways;
  readonly routeTables: RouteTables;
  readonly addresses: Addresses;
  readonly natGateways: NatGateways;
  readonly endpoints: VpcEndpoints;
  readonly securityGroups: SecurityGroups;
  readonly #interfaces: NetworkInterfaces;
  readonly #reach: Reach;
  readonly #changes = new Subscribers<void>();

  constructor(readonly context: CloudContext) {
    const interfaces = new NetworkInterfaces(context);
    const vpcs = new Vpcs(context);
    const subnets = new Subnets(context, vpcs, interfaces);
    const internetGateways = new InternetGateways(context, vpcs, interfaces);
    const changed = () => this.#changes.notify();
    const routeTables = new RouteTables(context, changed);
    const addresses = new Addresses(context);
    const natGateways = new NatGateways(context, { subnets, addresses, interfaces, internetGateways });
    const securityGroups = new SecurityGroups(context, vpcs, interfaces, changed);
    const endpoints = new VpcEndpoints(context, { vpcs, subnets, routeTables, securityGroups, interfaces });
    this.vpcs = vpcs;
    this.subnets = subnets;
    this.internetGateways = internetGateways;
    this.routeTables = routeTables;
    this.addresses = addresses;
    this.natGateways = natGateways;
    this.securityGroups = securityGroups;
    this.endpoints = endpoints;
    this.#interfaces = interfaces;
    this.#reach = new Reach({
      vpcs,
      subnets,
      routeTables,
      internetGateways,
      natGateways,
      endpoints,
      securityGroups,
      interfaces,
    });
  }

  /** Called with each change of a security group's rules or of a route. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /** With its main route table and default security group, as EC2 does. */
  createVpc(settings: VpcSettings): Vpc {
    const vpc = this.vpcs.create(settings);
    vpc.mainRouteTableId = this.routeTables.create(vpc, true).id;
    vpc.defaultSecurityGroupId = this.securityGroups.createDefault(vpc.id).id;
    return vpc;
  }

  /** Refused while anything is in it that did not come with it (N7). */
  deleteVpc(id: string): void {
    const inUse =
      this.subnets.inVpc(id).length > 0 ||
      this.internetGateways.ofVpc(id) !== undefined ||
      this.endpoints.inVpc(id).length > 0 ||
      this.#interfaces.inVpc(id).length > 0 ||
      this.routeTables.inVpc(id).some((table) => !table.main) ||
      this.securityGroups.inVpc(id).some((group) => group.name !== "default");
    this.vpcs.delete(id, inUse);
    this.routeTables.forgetVpc(id);
    this.securityGroups.forgetVpc(id);
  }

  deleteSubnet(id: string): void {
    this.subnets.delete(id);
    this.routeTables.forgetSubnet(id);
  }

  /** The gateway of a route has to be attached to the table's VPC. */
  addRoute(routeTableId: string, route: Route): void {
    this.#refuseTarget(routeTableId, route.target);
    this.routeTables.addRoute(routeTableId, route);
  }

  replaceRoute(routeTableId: string, route: Route): void {
    this.#refuseTarget(routeTableId, route.target);
    this.routeTables.replaceRoute(routeTableId, route);
  }

  /**
   * Holds an address in a subnet: until `detachInterface` the subnet and the groups cannot be deleted (N7, N8).
   *
   * @returns the interface's id and its address in the subnet
   */
  attachInterface(settings: InterfaceSettings): { id: string; privateIp: string } {
    const { securityGroupIds, description, publicAddress = false } = settings;
    const subnet = this.subnets.get(settings.subnetId);
    this.#refuseGroups(subnet, securityGroupIds);
    return this.#interfaces.attach(subnet, securityGroupIds, description, publicAddress);
  }

  setInterfaceGroups(interfaceId: string, securityGroupIds: string[]): void {
    const held = this.#interfaces.find(interfaceId);
    if (!held) {
      throw new AwsError(
        "InvalidNetworkInterfaceID.NotFound",
        `The networkInterface ID '${interfaceId}' does not exist`,
      );
    }
    this.#refuseGroups(this.subnets.get(held.subnetId), securityGroupIds);
    held.securityGroupIds = securityGroupIds;
  }

  /** Does nothing if it is gone already. */
  detachInterface(interfaceId: string): void {
    this.#interfaces.detach(interfaceId);
  }

  /** Addresses left in a subnet; a load balancer needs 8 (E5). */
  freeAddresses(subnetId: string): number {
    return this.#interfaces.freeAddresses(this.subnets.get(subnetId));
  }

  allows(fromGroups: string[] | "internet", toGroups: string[], port: number): boolean {
    return this.#reach.allows(fromGroups, toGroups, port);
  }

  /** Which side's security groups drop what a member of one sends to a member of the other; undefined if it arrives. */
  blockedBy(fromGroups: string[], toGroups: string[], port: number): "sender" | "receiver" | undefined {
    return this.#reach.blockedBy(fromGroups, toGroups, port);
  }

  /** True if some rule of the groups lets packets out to an address on a TCP port, wherever they get from there. */
  letsOut(groupIds: string[], address: string, port: number): boolean {
    return this.#reach.letsOut(groupIds, address, port);
  }

  /** Whether an instance in the subnet with these groups can open a TCP port of any public address; else why not, in one line. */
  reachesInternet(subnetId: string, groupIds: string[], port: number) {
    return this.#reach.reachesInternet(subnetId, groupIds, port);
  }

  internetRoute(subnetId: string): "internet-gateway" | "nat-gateway" | null {
    return this.#reach.internetRoute(subnetId);
  }

  /** @param publicAddress whether the instance has one; the subnet's `mapPublicIpOnLaunch` if undefined */
  reachesService(subnetId: string, groupIds: string[], service: string, publicAddress?: boolean) {
    return this.#reach.reachesService(subnetId, groupIds, service, publicAddress);
  }

  subnet(subnetId: string): Subnet {
    return this.subnets.get(subnetId);
  }

  #refuseTarget(routeTableId: string, target: string): void {
    const { vpcId } = this.routeTables.get(routeTableId);
    if (target.startsWith("nat-")) {
      this.natGateways.get(target);
    } else if (!target.startsWith("igw-") || !this.internetGateways.find(target)) {
      throw new AwsError("InvalidGatewayID.NotFound", `The gateway ID '${target}' does not exist`);
    } else if (this.internetGateways.get(target).vpcId !== vpcId) {
      throw new AwsError(
        "InvalidParameterValue",
        `route table ${routeTableId} and network gateway ${target} belong to different networks`,
      );
    }
  }

  #refuseGroups(subnet: Subnet, securityGroupIds: string[]): void {
    if (securityGroupIds.length > MAX_GROUPS_OF_INTERFACE) {
      throw new AwsError(
        "SecurityGroupsPerInterfaceLimitExceeded",
        "The maximum number of security groups per interface has been reached.",
      );
    }
    for (const groupId of securityGroupIds) {
      if (this.securityGroups.get(groupId).vpcId !== subnet.vpcId) {
        throw new AwsError(
          "InvalidParameterValue",
          `You have specified two resources that belong to different networks.`,
        );
      }
    }
  }
}
