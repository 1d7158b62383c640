import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Addresses } from "./addresses";
import type { InternetGateways } from "./internet-gateways";
import type { NetworkInterface, NetworkInterfaces } from "./network-interfaces";
import type { Subnets } from "./subnets";

/** Default quota per Availability Zone (N3). */
const MAX_PER_ZONE = 5;
/**
 * AWS seconds that a gateway is `pending` and `deleting`. AWS takes one to two minutes for each. This cloud takes less,
 * so that the first `up` ends earlier.
 */
const PENDING_SECONDS = 15;
const DELETING_SECONDS = 40;

export interface NatGateway {
  id: string;
  subnetId: string;
  vpcId: string;
  allocationId: string;
  publicIp: string;
  networkInterface: NetworkInterface;
  state: "pending" | "available" | "failed" | "deleting";
  /** The reason for the state `failed`; null in other states. */
  failure: string | null;
}

/** The NAT gateways of the account. */
export class NatGateways {
  readonly #byId = new Map<string, NatGateway>();

  constructor(
    private readonly context: CloudContext,
    private readonly parts: {
      subnets: Subnets;
      addresses: Addresses;
      interfaces: NetworkInterfaces;
      internetGateways: InternetGateways;
    },
  ) {}

  /** Returns at once, with the gateway `pending`. */
  create(subnetId: string, allocationId: string): NatGateway {
    const { subnets, addresses, interfaces } = this.parts;
    const subnet = subnets.get(subnetId);
    addresses.refuseIfUsed(allocationId);
    if (this.#inZone(subnet.availabilityZone) >= MAX_PER_ZONE) {
      throw new AwsError(
        "NatGatewayLimitExceeded",
        `Performing this operation would exceed the limit of ${MAX_PER_ZONE} NAT gateways`,
      );
    }
    const id = `nat-${this.context.random.hex(17)}`;
    const networkInterface = interfaces.attach(subnet, [], `Interface for NAT Gateway ${id}`, true);
    addresses.associate(allocationId, networkInterface);
    const gateway: NatGateway = {
      id,
      subnetId,
      vpcId: subnet.vpcId,
      allocationId,
      publicIp: addresses.get(allocationId).publicIp,
      networkInterface,
      state: "pending",
      failure: null,
    };
    this.#byId.set(id, gateway);
    return gateway;
  }

  /** Waits until the gateway is `available`, or `failed` because the VPC has no internet gateway by then (N4). */
  async settle(gateway: NatGateway): Promise<NatGateway> {
    await this.context.clock.sleep(PENDING_SECONDS);
    if (gateway.state !== "pending") return gateway;
    if (this.parts.internetGateways.ofVpc(gateway.vpcId)) {
      gateway.state = "available";
      return gateway;
    }
    gateway.state = "failed";
    gateway.failure = `Gateway.NotAttached: Network ${gateway.vpcId} has no Internet gateway attached`;
    this.#release(gateway);
    return gateway;
  }

  find(id: string): NatGateway | undefined {
    return this.#byId.get(id);
  }

  get(id: string): NatGateway {
    return orNotFound(this.#byId.get(id), "NatGatewayNotFound", `The Nat Gateway ${id} was not found`);
  }

  /** Resolves when the gateway's network interface is deleted. */
  async delete(id: string): Promise<void> {
    const gateway = this.get(id);
    gateway.state = "deleting";
    await this.context.clock.sleep(DELETING_SECONDS);
    this.#release(gateway);
    this.#byId.delete(id);
  }

  inVpc(vpcId: string): NatGateway[] {
    return [...this.#byId.values()].filter((gateway) => gateway.vpcId === vpcId && gateway.state !== "failed");
  }

  #release(gateway: NatGateway): void {
    const { interfaces, addresses } = this.parts;
    interfaces.detach(gateway.networkInterface.id);
    const address = addresses.find(gateway.allocationId);
    if (address?.association?.networkInterfaceId === gateway.networkInterface.id) {
      addresses.disassociate(gateway.allocationId);
    }
  }

  #inZone(zone: string): number {
    const { subnets } = this.parts;
    return [...this.#byId.values()].filter(
      (gateway) => gateway.state !== "failed" && subnets.find(gateway.subnetId)?.availabilityZone === zone,
    ).length;
  }
}
