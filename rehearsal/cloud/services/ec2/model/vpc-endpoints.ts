import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { NetworkInterface, NetworkInterfaces } from "./network-interfaces";
import type { RouteTables } from "./route-tables";
import type { SecurityGroups } from "./security-groups";
import type { Subnet, Subnets } from "./subnets";
import type { Vpc, Vpcs } from "./vpcs";

/** Services with gateway endpoints. Every service of the rehearsal has interface endpoints. */
const GATEWAY_SERVICES = ["s3", "dynamodb"];
const INTERFACE_SERVICES = [
  ...GATEWAY_SERVICES,
  "autoscaling",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "ecs",
  "ecs-agent",
  "ecs-telemetry",
  "elasticloadbalancing",
  "kms",
  "logs",
  "monitoring",
  "secretsmanager",
  "ssm",
  "ssmmessages",
  "sts",
];
/** AWS seconds that an interface endpoint is `pending` and `deleting`. */
const PENDING_SECONDS = 30;
const DELETING_SECONDS = 20;

export interface VpcEndpointSettings {
  vpcId: string;
  /** `com.amazonaws.<region>.<service>` */
  serviceName: string;
  type: "Gateway" | "Interface";
  /** Gateway endpoints: the route tables that get a route to the service. */
  routeTableIds: string[];
  /** Interface endpoints: the subnets that get a network interface each. */
  subnetIds: string[];
  /** Interface endpoints: the VPC's default group if the list is empty. */
  securityGroupIds: string[];
  /** True if the service's public DNS name resolves to the endpoint in the whole VPC. */
  privateDnsEnabled: boolean;
}

export interface VpcEndpoint extends VpcEndpointSettings {
  id: string;
  /** Such as `ecr.api`. */
  service: string;
  prefixListId: string | null;
  interfaces: NetworkInterface[];
  state: "pending" | "available" | "deleting";
}

/** The VPC endpoints of the account. */
export class VpcEndpoints {
  readonly #byId = new Map<string, VpcEndpoint>();

  constructor(
    private readonly context: CloudContext,
    private readonly parts: {
      vpcs: Vpcs;
      subnets: Subnets;
      routeTables: RouteTables;
      securityGroups: SecurityGroups;
      interfaces: NetworkInterfaces;
    },
  ) {}

  /** Returns at once. An interface endpoint is then `pending`: see `settle`. */
  create(settings: VpcEndpointSettings): VpcEndpoint {
    const { routeTables } = this.parts;
    const vpc = this.parts.vpcs.get(settings.vpcId);
    const subnets = settings.subnetIds.map((subnetId) => this.parts.subnets.get(subnetId));
    for (const tableId of settings.routeTableIds) routeTables.get(tableId);
    for (const groupId of settings.securityGroupIds) this.parts.securityGroups.get(groupId);
    const service = this.#service(settings);
    refuseSameZone(subnets);
    if (settings.type === "Interface" && settings.privateDnsEnabled) this.#refusePrivateDns(vpc, settings.serviceName);
    const id = `vpce-${this.context.random.hex(17)}`;
    const prefixListId = settings.type === "Gateway" ? `pl-${this.context.random.hex(8)}` : null;
    if (prefixListId) this.#refuseSecondGateway(settings);
    const securityGroupIds =
      settings.type === "Interface" && settings.securityGroupIds.length === 0
        ? [vpc.defaultSecurityGroupId]
        : settings.securityGroupIds;
    const interfaces = subnets.map((subnet) =>
      this.parts.interfaces.attach(subnet, securityGroupIds, `VPC Endpoint Interface ${id}`, false),
    );
    for (const tableId of settings.routeTableIds) {
      routeTables.addRoute(tableId, { destination: prefixListId!, target: id });
    }
    const state = settings.type === "Gateway" ? "available" : "pending";
    const endpoint: VpcEndpoint = { ...settings, id, service, prefixListId, securityGroupIds, interfaces, state };
    this.#byId.set(id, endpoint);
    return endpoint;
  }

  /** Waits until the endpoint is `available`. */
  async settle(endpoint: VpcEndpoint): Promise<void> {
    if (endpoint.state !== "pending") return;
    await this.context.clock.sleep(PENDING_SECONDS);
    endpoint.state = "available";
  }

  find(id: string): VpcEndpoint | undefined {
    return this.#byId.get(id);
  }

  /** Returns the gateway endpoint whose routes have the prefix list as their destination. */
  withPrefixList(id: string): VpcEndpoint | undefined {
    return [...this.#byId.values()].find(({ prefixListId }) => prefixListId === id);
  }

  inVpc(vpcId: string): VpcEndpoint[] {
    return [...this.#byId.values()].filter((endpoint) => endpoint.vpcId === vpcId);
  }

  /** Adds and removes the routes of a gateway endpoint, so that exactly these route tables have one. */
  setRouteTables(id: string, routeTableIds: string[]): VpcEndpoint {
    const endpoint = this.#get(id);
    const { routeTables } = this.parts;
    const added = routeTableIds.filter((tableId) => !endpoint.routeTableIds.includes(tableId));
    const removed = endpoint.routeTableIds.filter((tableId) => !routeTableIds.includes(tableId));
    for (const tableId of added) routeTables.addRoute(tableId, { destination: endpoint.prefixListId!, target: id });
    for (const tableId of removed) routeTables.removeRoute(tableId, endpoint.prefixListId!);
    endpoint.routeTableIds = routeTableIds;
    return endpoint;
  }

  /** Replaces the security groups of an interface endpoint. */
  setSecurityGroups(id: string, securityGroupIds: string[]): VpcEndpoint {
    const endpoint = this.#get(id);
    for (const groupId of securityGroupIds) this.parts.securityGroups.get(groupId);
    endpoint.securityGroupIds = securityGroupIds;
    for (const one of endpoint.interfaces) one.securityGroupIds = securityGroupIds;
    return endpoint;
  }

  /** Resolves when the endpoint's network interfaces are deleted. */
  async delete(id: string): Promise<void> {
    const endpoint = this.#get(id);
    for (const tableId of endpoint.routeTableIds) {
      if (this.parts.routeTables.find(tableId)) {
        this.parts.routeTables.removeRoute(tableId, endpoint.prefixListId!);
      }
    }
    endpoint.state = "deleting";
    if (endpoint.type === "Interface") await this.context.clock.sleep(DELETING_SECONDS);
    for (const one of endpoint.interfaces) this.parts.interfaces.detach(one.id);
    this.#byId.delete(id);
  }

  #get(id: string): VpcEndpoint {
    return orNotFound(
      this.#byId.get(id),
      "InvalidVpcEndpointId.NotFound",
      `The Vpc Endpoint Id '${id}' does not exist`,
    );
  }

  #service({ serviceName, type }: VpcEndpointSettings): string {
    const prefix = `com.amazonaws.${this.context.region}.`;
    const service = serviceName.startsWith(prefix) ? serviceName.slice(prefix.length) : "";
    if (!(type === "Gateway" ? GATEWAY_SERVICES : INTERFACE_SERVICES).includes(service)) {
      throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${serviceName}' does not exist`);
    }
    return service;
  }

  #refusePrivateDns(vpc: Vpc, serviceName: string): void {
    if (!vpc.enableDnsSupport || !vpc.enableDnsHostnames) {
      throw new AwsError(
        "InvalidParameter",
        `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`,
      );
    }
    if (this.inVpc(vpc.id).some((one) => one.privateDnsEnabled && one.serviceName === serviceName)) {
      throw new AwsError(
        "InvalidParameter",
        `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${serviceName} in the VPC ${vpc.id}`,
      );
    }
  }

  #refuseSecondGateway({ vpcId, serviceName, routeTableIds }: VpcEndpointSettings): void {
    for (const other of this.inVpc(vpcId)) {
      const shared = other.routeTableIds.find((tableId) => routeTableIds.includes(tableId));
      if (other.serviceName === serviceName && shared) {
        throw new AwsError(
          "RouteAlreadyExists",
          `route table ${shared} already has a route with destination-prefix-list-id ${other.prefixListId}`,
        );
      }
    }
  }
}

/** An interface endpoint has one subnet in each zone. SDK-EC2 */
function refuseSameZone(subnets: Subnet[]): void {
  const zones = subnets.map(({ availabilityZone }) => availabilityZone);
  const second = subnets.find(({ availabilityZone }, index) => zones.indexOf(availabilityZone) < index);
  if (!second) return;
  throw new AwsError(
    "DuplicateSubnetsInSameZone",
    `Found another VPC endpoint subnet in the availability zone of ${second.id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
  );
}
