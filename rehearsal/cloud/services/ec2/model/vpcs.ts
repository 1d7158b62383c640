import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { Cidr } from "./cidr";

/** Default quota per Region (N3). */
const MAX_VPCS = 5;
/** Shortest and longest prefix of a VPC or subnet (N1). */
const MIN_BITS = 16;
const MAX_BITS = 28;

export interface VpcSettings {
  cidrBlock: string;
  instanceTenancy: string;
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  enableNetworkAddressUsageMetrics: boolean;
}

export interface Vpc extends VpcSettings {
  id: string;
  block: Cidr;
  mainRouteTableId: string;
  defaultSecurityGroupId: string;
  defaultNetworkAclId: string;
  dhcpOptionsId: string;
}

/** The VPCs of the account. */
export class Vpcs {
  readonly #byId = new Map<string, Vpc>();

  constructor(private readonly context: CloudContext) {}

  create(settings: VpcSettings, id = `vpc-${this.context.random.hex(17)}`): Vpc {
    if (this.#byId.size >= MAX_VPCS) {
      throw new AwsError("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
    }
    const { random } = this.context;
    const vpc: Vpc = {
      ...settings,
      id,
      block: networkBlock(settings.cidrBlock, "InvalidVpc.Range"),
      mainRouteTableId: "",
      defaultSecurityGroupId: "",
      defaultNetworkAclId: `acl-${random.hex(17)}`,
      dhcpOptionsId: `dopt-${random.hex(17)}`,
    };
    this.#byId.set(vpc.id, vpc);
    return vpc;
  }

  find(id: string): Vpc | undefined {
    return this.#byId.get(id);
  }

  get(id: string): Vpc {
    return orNotFound(this.#byId.get(id), "InvalidVpcID.NotFound", `The vpc ID '${id}' does not exist`);
  }

  modify(id: string, settings: Omit<VpcSettings, "cidrBlock">): Vpc {
    return Object.assign(this.get(id), settings);
  }

  /** @param inUse true if the VPC contains anything */
  delete(id: string, inUse: boolean): void {
    this.get(id);
    if (inUse) {
      throw new AwsError("DependencyViolation", `The vpc '${id}' has dependencies and cannot be deleted.`);
    }
    this.#byId.delete(id);
  }
}

/**
 * The CIDR block of a VPC or subnet.
 * @param code AWS's error code for a block of the wrong size
 */
export function networkBlock(cidrBlock: string, code: "InvalidVpc.Range" | "InvalidSubnet.Range"): Cidr {
  const block = Cidr.parse(cidrBlock);
  if (!block) {
    throw new AwsError(
      "InvalidParameterValue",
      `Value (${cidrBlock}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  if (block.bits < MIN_BITS || block.bits > MAX_BITS) throw new AwsError(code, `The CIDR '${cidrBlock}' is invalid.`);
  return block;
}
