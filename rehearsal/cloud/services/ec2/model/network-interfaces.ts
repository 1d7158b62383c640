import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Cidr } from "./cidr";

/** AWS reserves the first four addresses of a subnet and the last one (aws-rules N1). */
const RESERVED_AT_START = 4;
const RESERVED = 5;

export interface NetworkInterface {
  id: string;
  vpcId: string;
  subnetId: string;
  securityGroupIds: string[];
  /** Names the user of the interface, as the console does, such as `ELB app/web/50dc6c495c0c9188`. */
  description: string;
  privateIp: string;
  /** True while a public address is mapped to it. The internet gateway then cannot be detached (N6). */
  publicAddress: boolean;
}

/** The part of a subnet that an interface needs. */
interface InterfaceSubnet {
  id: string;
  vpcId: string;
  block: Cidr;
}

/** Network interfaces. AWS refuses to delete a subnet or a security group that one of them uses. */
export class NetworkInterfaces {
  readonly #byId = new Map<string, NetworkInterface>();

  constructor(private readonly context: CloudContext) {}

  attach(
    subnet: InterfaceSubnet,
    securityGroupIds: string[],
    description: string,
    publicAddress: boolean,
  ): NetworkInterface {
    const attached: NetworkInterface = {
      id: `eni-${this.context.random.hex(17)}`,
      vpcId: subnet.vpcId,
      subnetId: subnet.id,
      securityGroupIds,
      description,
      privateIp: this.#freeAddress(subnet),
      publicAddress,
    };
    this.#byId.set(attached.id, attached);
    return attached;
  }

  /** Does nothing if the interface does not exist any more. */
  detach(id: string): void {
    this.#byId.delete(id);
  }

  find(id: string): NetworkInterface | undefined {
    return this.#byId.get(id);
  }

  inSubnet(subnetId: string): NetworkInterface[] {
    return this.#all().filter((one) => one.subnetId === subnetId);
  }

  inVpc(vpcId: string): NetworkInterface[] {
    return this.#all().filter((one) => one.vpcId === vpcId);
  }

  inGroup(securityGroupId: string): NetworkInterface[] {
    return this.#all().filter((one) => one.securityGroupIds.includes(securityGroupId));
  }

  freeAddresses(subnet: InterfaceSubnet): number {
    return subnet.block.size - RESERVED - this.inSubnet(subnet.id).length;
  }

  #freeAddress(subnet: InterfaceSubnet): string {
    const taken = new Set(this.inSubnet(subnet.id).map((one) => one.privateIp));
    for (let index = RESERVED_AT_START; index < subnet.block.size - 1; index++) {
      const address = subnet.block.address(index);
      if (!taken.has(address)) return address;
    }
    throw new AwsError(
      "InsufficientFreeAddressesInSubnet",
      `There are not enough free addresses in subnet '${subnet.id}' to satisfy the requested number of instances.`,
    );
  }

  #all(): NetworkInterface[] {
    return [...this.#byId.values()];
  }
}
