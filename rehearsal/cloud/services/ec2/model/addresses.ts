import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";

/** Default quota per Region (N3). */
const MAX_ADDRESSES = 5;

/** An Elastic IP address. */
export interface Address {
  /** `eipalloc-` and 17 hexadecimal digits. */
  allocationId: string;
  publicIp: string;
  /** Null while no network interface uses the address. */
  association: { id: string; networkInterfaceId: string; privateIp: string } | null;
}

/** The account's Elastic IP addresses. */
export class Addresses {
  readonly #byId = new Map<string, Address>();

  constructor(private readonly context: CloudContext) {}

  allocate(): Address {
    if (this.#byId.size >= MAX_ADDRESSES) {
      throw new AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    }
    const { random } = this.context;
    const address: Address = {
      allocationId: `eipalloc-${random.hex(17)}`,
      // RFC 5737 reserves this block for documentation, so no host has such an address.
      publicIp: `203.0.113.${random.integer(1, 254)}`,
      association: null,
    };
    this.#byId.set(address.allocationId, address);
    return address;
  }

  find(allocationId: string): Address | undefined {
    return this.#byId.get(allocationId);
  }

  get(allocationId: string): Address {
    return orNotFound(
      this.#byId.get(allocationId),
      "InvalidAllocationID.NotFound",
      `The allocation ID '${allocationId}' does not exist`,
    );
  }

  associate(allocationId: string, networkInterface: { id: string; privateIp: string }): void {
    this.refuseIfUsed(allocationId);
    this.get(allocationId).association = {
      id: `eipassoc-${this.context.random.hex(17)}`,
      networkInterfaceId: networkInterface.id,
      privateIp: networkInterface.privateIp,
    };
  }

  refuseIfUsed(allocationId: string): void {
    if (this.get(allocationId).association) {
      throw new AwsError("Resource.AlreadyAssociated", `Elastic IP address [${allocationId}] is already associated`);
    }
  }

  disassociate(allocationId: string): void {
    this.get(allocationId).association = null;
  }

  release(allocationId: string): void {
    const address = this.get(allocationId);
    if (address.association) {
      throw new AwsError("InvalidIPAddress.InUse", `Address ${address.publicIp} is in use.`);
    }
    this.#byId.delete(allocationId);
  }
}
