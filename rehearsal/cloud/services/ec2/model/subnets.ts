import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Cidr } from "./cidr";
import type { NetworkInterfaces } from "./network-interfaces";
import { networkBlock, type Vpcs } from "./vpcs";
import type { Zone, Zones } from "./zones";

export interface SubnetSettings {
  vpcId: string;
  cidrBlock: string;
  /** AWS chooses one if it is undefined. */
  availabilityZone?: string | undefined;
  mapPublicIpOnLaunch: boolean;
}

export interface Subnet extends SubnetSettings {
  id: string;
  block: Cidr;
  availabilityZone: string;
  availabilityZoneId: string;
}

/** The subnets of the account. */
export class Subnets {
  readonly #byId = new Map<string, Subnet>();

  constructor(
    private readonly context: CloudContext,
    private readonly vpcs: Vpcs,
    private readonly interfaces: NetworkInterfaces,
    private readonly zones: Zones,
  ) {}

  create(settings: SubnetSettings, id = `subnet-${this.context.random.hex(17)}`): Subnet {
    const vpc = this.vpcs.get(settings.vpcId);
    const block = networkBlock(settings.cidrBlock, "InvalidSubnet.Range");
    if (!vpc.block.contains(block)) {
      throw new AwsError("InvalidSubnet.Range", `The CIDR '${settings.cidrBlock}' is invalid.`);
    }
    if (this.inVpc(vpc.id).some((other) => other.block.overlaps(block))) {
      throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${settings.cidrBlock}' conflicts with another subnet`);
    }
    const zone = this.#zone(settings.availabilityZone);
    const subnet: Subnet = {
      ...settings,
      id,
      block,
      availabilityZone: zone.name,
      availabilityZoneId: zone.id,
    };
    this.#byId.set(subnet.id, subnet);
    return subnet;
  }

  find(id: string): Subnet | undefined {
    return this.#byId.get(id);
  }

  get(id: string): Subnet {
    return orNotFound(this.#byId.get(id), "InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);
  }

  inVpc(vpcId: string): Subnet[] {
    return [...this.#byId.values()].filter((subnet) => subnet.vpcId === vpcId);
  }

  /** @throws AwsError DependencyViolation while a network interface is in the subnet (N7) */
  delete(id: string): void {
    this.get(id);
    if (this.interfaces.inSubnet(id).length > 0) {
      throw new AwsError("DependencyViolation", `The subnet '${id}' has dependencies and cannot be deleted.`);
    }
    this.#byId.delete(id);
  }

  #zone(name: string | undefined): Zone {
    const zones = this.zones.all;
    const zone = name === undefined ? this.zones.ordinary[0] : zones.find((one) => one.name === name);
    if (!zone) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${name}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.map((one) => one.name).join(", ")}.`,
      );
    }
    return zone;
  }
}
