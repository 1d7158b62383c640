import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { NetworkInterfaces } from "./network-interfaces";
import type { Vpcs } from "./vpcs";

/** Default quota per Region (N3). */
const MAX_GATEWAYS = 5;

export interface InternetGateway {
  id: string;
  /** Null while detached. */
  vpcId: string | null;
}

/** The internet gateways of the account. */
export class InternetGateways {
  readonly #byId = new Map<string, InternetGateway>();

  constructor(
    private readonly context: CloudContext,
    private readonly vpcs: Vpcs,
    private readonly interfaces: NetworkInterfaces,
  ) {}

  create(): InternetGateway {
    if (this.#byId.size >= MAX_GATEWAYS) {
      throw new AwsError("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.");
    }
    const gateway: InternetGateway = { id: `igw-${this.context.random.hex(17)}`, vpcId: null };
    this.#byId.set(gateway.id, gateway);
    return gateway;
  }

  find(id: string): InternetGateway | undefined {
    return this.#byId.get(id);
  }

  get(id: string): InternetGateway {
    return orNotFound(
      this.#byId.get(id),
      "InvalidInternetGatewayID.NotFound",
      `The internetGateway ID '${id}' does not exist`,
    );
  }

  attach(id: string, vpcId: string): void {
    const gateway = this.get(id);
    this.vpcs.get(vpcId);
    if (gateway.vpcId !== null) {
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `resource ${id} is already attached to network ${gateway.vpcId}`,
      );
    }
    if (this.ofVpc(vpcId)) {
      throw new AwsError("InvalidParameterValue", `Network ${vpcId} already has an internet gateway attached`);
    }
    gateway.vpcId = vpcId;
  }

  /** @throws AwsError DependencyViolation while a load balancer or NAT gateway in the VPC has a public address (N6) */
  detach(id: string, vpcId: string): void {
    const gateway = this.get(id);
    if (gateway.vpcId !== vpcId) {
      throw new AwsError("Gateway.NotAttached", `resource ${id} is not attached to network ${vpcId}`);
    }
    if (this.interfaces.inVpc(vpcId).some((one) => one.publicAddress)) {
      throw new AwsError(
        "DependencyViolation",
        `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      );
    }
    gateway.vpcId = null;
  }

  delete(id: string): void {
    if (this.get(id).vpcId !== null) {
      throw new AwsError("DependencyViolation", `The internetGateway '${id}' has dependencies and cannot be deleted.`);
    }
    this.#byId.delete(id);
  }

  ofVpc(vpcId: string): InternetGateway | undefined {
    return [...this.#byId.values()].find((gateway) => gateway.vpcId === vpcId);
  }
}
