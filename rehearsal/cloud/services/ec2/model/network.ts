import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Reachability, TaskReachability } from "../../../kernel/ports";
import { Subscribers } from "../../../kernel/subscribers";
import { Addresses } from "./addresses";
import { InternetGateways } from "./internet-gateways";
import { NatGateways } from "./nat-gateways";
import { NetworkInterfaces } from "./network-interfaces";
import { ReachabilityAnalyzer } from "./reachability-analyzer";
import { type Route, RouteTables } from "./route-tables";
import { SecurityGroups } from "./security-groups";
import { type Subnet, Subnets } from "./subnets";
import { VpcEndpoints } from "./vpc-endpoints";
import { type Vpc, type VpcSettings, Vpcs } from "./vpcs";
import { Zones } from "./zones";

/** Default quota per network interface (N11). */
const MAX_GROUPS_OF_INTERFACE = 5;

export interface InterfaceSettings {
  subnetId: string;
  securityGroupIds: string[];
  /** Names the user of the interface, such as `ELB app/web/50dc6c495c0c9188`. */
  description: string;
  /**
   * True for an internet-facing load balancer or an instance with a public address. The internet gateway then cannot be
   * detached (N6).
   */
  publicAddress?: boolean;
}

/** The account's VPCs with everything in them: what exists, what can be deleted, and what can connect to what. */
export class Network implements Reachability, TaskReachability {
  readonly zones: Zones;
  readonly vpcs: Vpcs;
  readonly subnets: Subnets;
  readonly internetGateways: InternetGateways;
  readonly routeTables: RouteTables;
  readonly addresses: Addresses;
  readonly natGateways: NatGateways;
  readonly endpoints: VpcEndpoints;
  readonly securityGroups: SecurityGroups;
  readonly #interfaces: NetworkInterfaces;
  readonly #analyzer: ReachabilityAnalyzer;
  readonly #changes = new Subscribers<void>();

  constructor(readonly context: CloudContext) {
    const interfaces = new NetworkInterfaces(context);
    const vpcs = new Vpcs(context);
    const zones = new Zones(context);
    const subnets = new Subnets(context, vpcs, interfaces, zones);
    const internetGateways = new InternetGateways(context, vpcs, interfaces);
    const changed = () => this.#changes.notify();
    const routeTables = new RouteTables(context, changed);
    const addresses = new Addresses(context);
    const natGateways = new NatGateways(context, { subnets, addresses, interfaces, internetGateways });
    const securityGroups = new SecurityGroups(context, vpcs, interfaces, changed);
    const endpoints = new VpcEndpoints(context, { vpcs, subnets, routeTables, securityGroups, interfaces });
    this.zones = zones;
    this.vpcs = vpcs;
    this.subnets = subnets;
    this.internetGateways = internetGateways;
    this.routeTables = routeTables;
    this.addresses = addresses;
    this.natGateways = natGateways;
    this.securityGroups = securityGroups;
    this.endpoints = endpoints;
    this.#interfaces = interfaces;
    this.#analyzer = new ReachabilityAnalyzer({
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

  /** Calls the listener after each change of a security group rule or a route. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /** Creates a VPC with its main route table and default security group, as EC2 does. */
  createVpc(settings: VpcSettings, id?: string): Vpc {
    const vpc = this.vpcs.create(settings, id);
    vpc.mainRouteTableId = this.routeTables.create(vpc, true).id;
    vpc.defaultSecurityGroupId = this.securityGroups.createDefault(vpc.id).id;
    return vpc;
  }

  /** @throws AwsError DependencyViolation while the VPC contains anything that EC2 did not create with it (N7) */
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

  /** @throws AwsError if the route's gateway does not exist or is not attached to the route table's VPC */
  addRoute(routeTableId: string, route: Route): void {
    this.#refuseTarget(routeTableId, route.target);
    this.routeTables.addRoute(routeTableId, route);
  }

  replaceRoute(routeTableId: string, route: Route): void {
    this.#refuseTarget(routeTableId, route.target);
    this.routeTables.replaceRoute(routeTableId, route);
  }

  /**
   * Creates a network interface. Until `detachInterface`, its subnet and security groups cannot be deleted (N7, N8).
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
    const attached = this.#interfaces.find(interfaceId);
    if (!attached) {
      throw new AwsError(
        "InvalidNetworkInterfaceID.NotFound",
        `The networkInterface ID '${interfaceId}' does not exist`,
      );
    }
    this.#refuseGroups(this.subnets.get(attached.subnetId), securityGroupIds);
    attached.securityGroupIds = securityGroupIds;
  }

  /** Does nothing if the interface does not exist any more. */
  detachInterface(interfaceId: string): void {
    this.#interfaces.detach(interfaceId);
  }

  /** Number of free addresses in a subnet. A load balancer needs 8 (E5). */
  freeAddresses(subnetId: string): number {
    return this.#interfaces.freeAddresses(this.subnets.get(subnetId));
  }

  allows(fromGroups: string[] | "internet", toGroups: string[], port: number): boolean {
    return this.#analyzer.allows(fromGroups, toGroups, port);
  }

  /** The side whose security groups block a TCP connection between members of the groups; undefined if none does. */
  blockedBy(fromGroups: string[], toGroups: string[], port: number): "sender" | "receiver" | undefined {
    return this.#analyzer.blockedBy(fromGroups, toGroups, port);
  }

  /** Whether an egress rule of the groups allows an address and TCP port. Routes are not considered. */
  letsOut(groupIds: string[], address: string, port: number): boolean {
    return this.#analyzer.letsOut(groupIds, address, port);
  }

  /**
   * Whether an instance in the subnet with these groups can connect to a TCP port of any public address, or why not.
   */
  reachesInternet(subnetId: string, groupIds: string[], port: number) {
    return this.#analyzer.reachesInternet(subnetId, groupIds, port);
  }

  internetRoute(subnetId: string): "internet-gateway" | "nat-gateway" | null {
    return this.#analyzer.internetRoute(subnetId);
  }

  /**
   * @param publicAddress whether the instance has a public address; the default is the subnet's `mapPublicIpOnLaunch`
   */
  reachesService(subnetId: string, groupIds: string[], service: string, publicAddress?: boolean) {
    return this.#analyzer.reachesService(subnetId, groupIds, service, publicAddress);
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
